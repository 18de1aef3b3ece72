import { contextBridge, ipcRenderer } from 'electron';
import { CLOSED_CHANNEL, CONNECT_CHANNEL, PORT_CHANNEL } from './channels.ts';

// All the page can do: ask for a port to the engine host. Ports cannot cross the bridge as values, so they come as a
// window message, and only to this origin.
contextBridge.exposeInMainWorld('skipwire', {
  platform: process.platform,
  connect: (request: unknown) => {
    if (Number.isSafeInteger(request)) ipcRenderer.send(CONNECT_CHANNEL, request);
  },
});

ipcRenderer.on(PORT_CHANNEL, (event, request: unknown) => {
  window.postMessage({ kind: PORT_CHANNEL, request }, '/', [...event.ports]);
});
ipcRenderer.on(CLOSED_CHANNEL, () => window.postMessage({ kind: CLOSED_CHANNEL }, '/'));
