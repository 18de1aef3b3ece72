import path from 'node:path';
import { app, BrowserWindow, dialog } from 'electron';
import { setAppMenu } from './appMenu.ts';
import { denyPermissions, guardContents } from './guardContents.ts';
import { startHostProcess } from './hostProcess.ts';
import { openWindow } from './openWindow.ts';
import { registerAppScheme, serveApp } from './serveApp.ts';
import { serveConnections } from './serveConnections.ts';
import { serveSignals } from './serveSignals.ts';

/** The folder that holds `dist` and `assets`; this file runs as `dist/electron/main.js`. */
const root = path.join(import.meta.dirname, '..', '..');
const preload = path.join(import.meta.dirname, 'preload.cjs');
const icon = path.join(root, 'assets', 'icon.png');

registerAppScheme();

if (!app.requestSingleInstanceLock()) {
  // The window that is open already comes to the front instead.
  app.quit();
} else {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.on('web-contents-created', (_, contents) => guardContents(contents));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  // Not awaited here: the app is not ready before this module has run to its end.
  void app.whenReady().then(start);
}

function start(): void {
  denyPermissions();
  serveApp(path.join(root, 'dist', 'renderer'));
  setAppMenu(process.platform === 'darwin');

  let told = false;
  const host = startHostProcess({
    script: path.join(root, 'dist', 'main', 'host.js'),
    workspace: workspaceFolder(),
    onFailure(message, detail) {
      console.error(message, detail);
      // Once is enough: the editor itself shows that the host is away.
      if (told) return;
      told = true;
      void dialog.showMessageBox({ type: 'warning', title: 'Skipwire', message, detail });
    },
  });
  serveConnections(host);
  serveSignals();
  app.on('will-quit', () => host.dispose());

  openWindow(preload, icon);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(preload, icon);
  });
}

/** Given as `--workspace DIR`; else a folder among the user's documents. */
function workspaceFolder(): string {
  const flag = process.argv.indexOf('--workspace');
  const given = flag === -1 ? undefined : process.argv[flag + 1];
  return given === undefined ? path.join(app.getPath('documents'), 'Skipwire') : path.resolve(given);
}
