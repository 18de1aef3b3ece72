import path from 'node:path';
import { app, dialog, MessageChannelMain, type MessagePortMain } from 'electron';
import { setAppMenu } from './appMenu.ts';
import { createGpuPages } from './gpuPages.ts';
import { editorWindows, openGpuWindow } from './gpuWindow.ts';
import { denyPermissions, guardContents } from './guardContents.ts';
import { startHostProcess } from './hostProcess.ts';
import { openWindow } from './openWindow.ts';
import { registerAppScheme, serveApp } from './serveApp.ts';
import { serveConnections } from './serveConnections.ts';
import { serveSignals } from './serveSignals.ts';

/** The folder that holds `dist` and `assets`; this file runs as `dist/electron/main.js`. */
const root = path.join(import.meta.dirname, '..', '..');
const preload = path.join(import.meta.dirname, 'preload.cjs');
const gpuPreload = path.join(import.meta.dirname, 'gpuPreload.cjs');
const icon = path.join(root, 'assets', 'icon.png');

registerAppScheme();
// There, Chromium keeps WebGPU from pages until it is told to.
if (process.platform === 'linux') app.commandLine.appendSwitch('enable-unsafe-webgpu');

if (!app.requestSingleInstanceLock()) {
  // The window that is open already comes to the front instead.
  app.quit();
} else {
  app.on('second-instance', () => {
    const [window] = editorWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.on('web-contents-created', (_, contents) => guardContents(contents));
  // What happens then is told by the editor's own windows: a hidden one may be left.
  app.on('window-all-closed', () => undefined);
  // Not awaited here: the app is not ready before this module has run to its end.
  void app.whenReady().then(start);
}

function start(): void {
  denyPermissions();
  serveApp({ editor: path.join(root, 'dist', 'renderer'), gpuPage: path.join(root, 'dist', 'gpuPage') });
  setAppMenu(process.platform === 'darwin');

  const pages = createGpuPages<MessagePortMain>({
    openPage: () => openGpuWindow(gpuPreload),
    openChannel() {
      const { port1, port2 } = new MessageChannelMain();
      return { forHost: port1, forPage: port2 };
    },
    tell: (news, ports) => host.tellOfGpuPage(news, ports),
  });
  let told = false;
  const host = startHostProcess({
    script: path.join(root, 'dist', 'main', 'host.js'),
    workspace: workspaceFolder(),
    onGpuPage: (request) => pages.attend(request),
    onFailure(message, detail) {
      console.error(message, detail);
      // Once is enough: the editor itself shows that the host is away.
      if (told) return;
      told = true;
      void dialog.showMessageBox({ type: 'warning', title: 'Skipwire', message, detail });
    },
  });
  host.onExit(() => pages.closeAll());
  serveConnections(host);
  serveSignals();
  app.on('will-quit', () => host.dispose());

  openEditor();
  app.on('activate', () => {
    if (editorWindows().length === 0) openEditor();
  });
}

function openEditor(): void {
  const window = openWindow(preload, icon);
  window.on('closed', () => {
    if (editorWindows().every((other) => other === window) && process.platform !== 'darwin') app.quit();
  });
}

/** Given as `--workspace DIR`; else a folder among the user's documents. */
function workspaceFolder(): string {
  const flag = process.argv.indexOf('--workspace');
  const given = flag === -1 ? undefined : process.argv[flag + 1];
  return given === undefined ? path.join(app.getPath('documents'), 'Skipwire') : path.resolve(given);
}
