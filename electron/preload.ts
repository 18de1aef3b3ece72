import { contextBridge, ipcRenderer } from 'electron';
import { CLOSED_CHANNEL, CONNECT_CHANNEL, NOTIFY_CHANNEL, PORT_CHANNEL, PROGRESS_CHANNEL } from './channels.ts';

// All the page can do: ask for a port to the engine host, show progress in the task bar, and tell something. Ports cannot cross the bridge as values, so they come as a
// window message, and only to this origin.
contextBridge.exposeInMainWorld('skipwire', {
  platform: process.platform,
  connect: (request: unknown) => {
    if (Number.isSafeInteger(request)) ipcRenderer.send(CONNECT_CHANNEL, request);
  },
  showProgress: (share: unknown) => ipcRenderer.send(PROGRESS_CHANNEL, share),
  notify: (message: unknown) => ipcRenderer.send(NOTIFY_CHANNEL, message),
});

ipcRenderer.on(PORT_CHANNEL, (event, request: unknown) => {
  window.postMessage({ kind: PORT_CHANNEL, request }, '/', [...event.ports]);
});
ipcRenderer.on(CLOSED_CHANNEL, () => window.postMessage({ kind: CLOSED_CHANNEL }, '/'));
