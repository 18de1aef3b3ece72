import { session, shell, type WebContents } from 'electron';
import { isAppUrl, isSafeExternal } from './appUrls.ts';

/** Copying, and reaching a host at the end of a tunnel, whose near end is on this machine. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set([
  'clipboard-sanitized-write',
  'local-network-access',
  'loopback-network',
]);

/** Denies every permission a page can ask for but the allowed ones. */
export function denyPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, decide) => {
    decide(ALLOWED_PERMISSIONS.has(permission) && isAppUrl(contents.getURL()));
  });
  defaultSession.setPermissionCheckHandler(
    (_, permission, origin) => ALLOWED_PERMISSIONS.has(permission) && isAppUrl(origin),
  );
}

/** Keeps a page where it is: no navigation away, no new windows, no web views. Web links open in the browser. */
export function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isAppUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isAppUrl(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isSafeExternal(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
}
