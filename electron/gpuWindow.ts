import { BrowserWindow, type MessagePortMain } from 'electron';
import { GPU_PAGE_START } from './appUrls.ts';
import { GPU_PORT_CHANNEL } from './channels.ts';
import type { HiddenPage } from './gpuPages.ts';
import { sealedPreferences } from './sealedPreferences.ts';

const hidden = new WeakSet<BrowserWindow>();

/** The windows that people see. */
export function editorWindows(): BrowserWindow[] {
  return BrowserWindow.getAllWindows().filter((window) => !hidden.has(window));
}

/** Opens the page that computes on the graphics processor, in a process of its own that nobody sees. */
export function openGpuWindow(preload: string): HiddenPage<MessagePortMain> {
  const window = new BrowserWindow({
    show: false,
    skipTaskbar: true,
    webPreferences: {
      ...sealedPreferences(preload),
      // It is never in front, and must not be slowed down for that.
      backgroundThrottling: false,
    },
  });
  hidden.add(window);
  const { webContents } = window;
  // It goes nowhere and opens nothing, not even what the editor may.
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  return {
    loaded: window.loadURL(GPU_PAGE_START),
    give: (port) => webContents.postMessage(GPU_PORT_CHANNEL, null, [port]),
    onGone(listener) {
      webContents.on('render-process-gone', (_, { reason }) =>
        listener(`The page that computes on the graphics processor has ended (${reason}).`),
      );
      window.on('closed', () => listener('The page that computes on the graphics processor was closed.'));
    },
    close() {
      if (!window.isDestroyed()) window.destroy();
    },
  };
}
