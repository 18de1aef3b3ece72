import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { APP_START } from './appUrls.ts';
import { MINIMUM_SIZE, parseWindowState, windowBounds, type WindowState } from './windowBounds.ts';
import { sealedPreferences } from './sealedPreferences.ts';

/** Opens the editor's window where it was last, and remembers where it is left. */
export function openWindow(preload: string, icon: string): BrowserWindow {
  const remembered = readState();
  const window = new BrowserWindow({
    ...windowBounds(
      remembered?.bounds,
      screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    // Shown when the page has painted; until then nothing flashes in the wrong colour.
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#121317' : '#f4f4f6',
    autoHideMenuBar: true,
    icon,
    webPreferences: sealedPreferences(preload),
  });
  if (remembered?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writeState({ bounds: window.getNormalBounds(), maximized: window.isMaximized() }));
  void window.loadURL(APP_START);
  return window;
}

function stateFile(): string {
  return path.join(app.getPath('userData'), 'window.json');
}

function readState(): WindowState | undefined {
  try {
    return parseWindowState(readFileSync(stateFile(), 'utf8'));
  } catch {
    return undefined;
  }
}

function writeState(state: WindowState): void {
  try {
    const aside = `${stateFile()}.partial`;
    writeFileSync(aside, JSON.stringify(state));
    renameSync(aside, stateFile());
  } catch {
    // The window opens in the middle next time; nothing worth stopping for.
  }
}
