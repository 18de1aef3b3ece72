import { ipcMain, MessageChannelMain, type IpcMainEvent, type WebContents } from 'electron';
import { isAppUrl } from './appUrls.ts';
import { CLOSED_CHANNEL, CONNECT_CHANNEL, PORT_CHANNEL } from './channels.ts';
import type { HostProcess } from './hostProcess.ts';

/**
 * Answers the page's requests for a port, and tells it when the host has ended. Requests of anything but the editor's own
 * top frame are ignored.
 */
export function serveConnections(host: HostProcess): void {
  const connected = new Set<WebContents>();
  host.onExit(() => {
    for (const contents of connected) if (!contents.isDestroyed()) contents.send(CLOSED_CHANNEL);
  });
  ipcMain.on(CONNECT_CHANNEL, (event: IpcMainEvent, request: unknown) => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isAppUrl(frame.url) || !Number.isSafeInteger(request)) return;
    const { port1, port2 } = new MessageChannelMain();
    if (!connected.has(event.sender)) {
      const { sender } = event;
      connected.add(sender);
      sender.once('destroyed', () => connected.delete(sender));
    }
    host.connect(port1);
    frame.postMessage(PORT_CHANNEL, request, [port2]);
  });
}
