import { ipcRenderer } from 'electron';
import { GPU_PORT_MESSAGE } from '../src/contract/pageDelivery.ts';
import { GPU_PORT_CHANNEL } from './channels.ts';

// All that the hidden page gets: one port, at whose other end is the process that trains.
ipcRenderer.once(GPU_PORT_CHANNEL, (event) => window.postMessage(GPU_PORT_MESSAGE, '/', [...event.ports]));
