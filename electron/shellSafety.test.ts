import { EventEmitter } from 'node:events';
import type { WebContents } from 'electron';
import { beforeEach, expect, test, vi } from 'vitest';
import { APP_START } from './appUrls.ts';
import { CONNECT_CHANNEL } from './channels.ts';
import { denyPermissions, guardContents } from './guardContents.ts';
import { openWindow } from './openWindow.ts';
import { serveConnections } from './serveConnections.ts';

/* What the shell asks of Electron, which is not started here. */

type Decide = (contents: unknown, permission: string, decide: (granted: boolean) => void) => void;
type Check = (contents: unknown, permission: string, origin: string) => boolean;

interface Asked {
  request?: Decide;
  check?: Check;
  readonly opened: string[];
  readonly windows: unknown[];
  readonly heard: Map<string, (event: unknown, request: unknown) => void>;
}

const electron = vi.hoisted((): Asked => ({ opened: [], windows: [], heard: new Map() }));

vi.mock('electron', () => ({
  session: {
    defaultSession: {
      setPermissionRequestHandler: (handler: Decide) => (electron.request = handler),
      setPermissionCheckHandler: (handler: Check) => (electron.check = handler),
    },
  },
  shell: { openExternal: (url: string) => Promise.resolve(void electron.opened.push(url)) },
  ipcMain: {
    on: (channel: string, listener: (event: unknown, request: unknown) => void) =>
      electron.heard.set(channel, listener),
  },
  MessageChannelMain: class {
    readonly port1 = {};
    readonly port2 = {};
  },
  app: { getPath: () => '/nowhere' },
  nativeTheme: { shouldUseDarkColors: false },
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1440, height: 900 } }] },
  BrowserWindow: class {
    constructor(options: unknown) {
      electron.windows.push(options);
    }
    once(): void {
      return undefined;
    }
    on(): void {
      return undefined;
    }
    loadURL(): Promise<void> {
      return Promise.resolve();
    }
  },
}));

const EVIL = 'https://evil.example/';
beforeEach(() => (electron.opened.length = 0));

test('the page has no Node, and a world of its own in a sandbox', () => {
  openWindow('preload.js', 'icon.png');
  expect(electron.windows).toMatchObject([
    { webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false } },
  ]);
});

test('the page stays where it is; only web links leave, and those to the browser', () => {
  let open = (_: { url: string }): unknown => undefined;
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: typeof open) => void (open = handler),
  });
  guardContents(contents as unknown as WebContents);
  const isPrevented = (name: string, url: string): boolean => {
    const preventDefault = vi.fn();
    contents.emit(name, { url, preventDefault });
    return preventDefault.mock.calls.length > 0;
  };
  for (const name of ['will-navigate', 'will-redirect']) {
    expect([isPrevented(name, APP_START), isPrevented(name, EVIL), isPrevented(name, 'file:///etc/passwd')]).toEqual([
      false,
      true,
      true,
    ]);
  }
  expect(isPrevented('will-attach-webview', APP_START)).toBe(true);
  expect([EVIL, 'file:///etc/passwd', 'javascript:alert(1)'].map((url) => open({ url }))).toEqual([
    { action: 'deny' },
    { action: 'deny' },
    { action: 'deny' },
  ]);
  expect(electron.opened).toEqual([EVIL]);
});

test('a page may copy and reach a tunnel, and nothing else; another page nothing at all', () => {
  denyPermissions();
  const granted = (permission: string, url: string): readonly unknown[] => {
    const answers: unknown[] = [];
    electron.request?.({ getURL: () => url }, permission, (answer) => answers.push(answer));
    return [...answers, electron.check?.({}, permission, url)];
  };
  expect(granted('clipboard-sanitized-write', APP_START)).toEqual([true, true]);
  expect(granted('clipboard-sanitized-write', EVIL)).toEqual([false, false]);
  for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'usb']) {
    expect(granted(permission, APP_START), permission).toEqual([false, false]);
  }
});

test('a port to the host is for the top frame of the editor alone', () => {
  const connect = vi.fn();
  serveConnections({ connect, onExit: () => () => undefined } as unknown as Parameters<typeof serveConnections>[0]);
  const sender = Object.assign(new EventEmitter(), { isDestroyed: () => false, send: () => undefined });
  const ask = (frame: { url: string; parent: object | null } | null, request: unknown): number => {
    const senderFrame = frame === null ? null : { ...frame, postMessage: () => undefined };
    electron.heard.get(CONNECT_CHANNEL)?.({ sender, senderFrame }, request);
    return connect.mock.calls.length;
  };
  expect(ask(null, 1)).toBe(0);
  expect(ask({ url: EVIL, parent: null }, 1)).toBe(0);
  expect(ask({ url: APP_START, parent: {} }, 1)).toBe(0);
  expect(ask({ url: APP_START, parent: null }, 'one')).toBe(0);
  expect(ask({ url: APP_START, parent: null }, 1)).toBe(1);
});
