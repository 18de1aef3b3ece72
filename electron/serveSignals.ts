import { BrowserWindow, ipcMain, Notification, type IpcMainEvent } from 'electron';
import { isAppUrl } from './appUrls.ts';
import { NOTIFY_CHANNEL, PROGRESS_CHANNEL } from './channels.ts';
import { Notice, progressBarValue } from './signals.ts';

/** Shows in the task bar and through the desktop what the editor's own top frame has to say; anything else is ignored. */
export function serveSignals(): void {
  ipcMain.on(PROGRESS_CHANNEL, (event, share: unknown) => {
    windowOf(event)?.setProgressBar(progressBarValue(share));
  });
  ipcMain.on(NOTIFY_CHANNEL, (event, message: unknown) => {
    const window = windowOf(event);
    const notice = Notice.safeParse(message);
    if (window === null || window === undefined || !notice.success || !Notification.isSupported()) return;
    const notification = new Notification(notice.data);
    notification.on('click', () => {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.focus();
    });
    notification.show();
  });
}

function windowOf({ senderFrame, sender }: IpcMainEvent): BrowserWindow | null | undefined {
  if (senderFrame === null || senderFrame.parent !== null || !isAppUrl(senderFrame.url)) return undefined;
  return BrowserWindow.fromWebContents(sender);
}
