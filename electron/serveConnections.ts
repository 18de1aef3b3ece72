import { ipcMain, MessageChannelMain, type IpcMainEvent } from 'electron';
import { isAppUrl } from './appUrls.ts';
import { CONNECT_CHANNEL, PORT_CHANNEL } from './channels.ts';
import type { HostProcess } from './hostProcess.ts';

/** Answers the page's requests for a port; requests of anything but the editor's own top frame are ignored. */
export function serveConnections(host: HostProcess): void {
  ipcMain.on(CONNECT_CHANNEL, (event: IpcMainEvent, request: unknown) => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isAppUrl(frame.url) || !Number.isSafeInteger(request)) return;
    const { port1, port2 } = new MessageChannelMain();
    host.connect(port1);
    frame.postMessage(PORT_CHANNEL, request, [port2]);
  });
}
