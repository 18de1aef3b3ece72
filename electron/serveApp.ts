import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { APP_SCHEME } from './appUrls.ts';
import { desktopPageHeaders } from '../src/contract/pageDelivery.ts';
import { resolveAppFile } from './resolveAppFile.ts';

/** Makes the app's scheme a secure one with an origin. Must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built editor from `root` under the app's scheme. */
export function serveApp(root: string): void {
  protocol.handle(APP_SCHEME, async (request) => {
    const found = request.method === 'GET' ? resolveAppFile(root, request.url) : undefined;
    if (found === undefined) return new Response('Not found', { status: 404, headers: desktopPageHeaders });
    try {
      const body = new Uint8Array(await readFile(found.file));
      return new Response(body, { headers: { ...desktopPageHeaders, 'Content-Type': found.type } });
    } catch {
      return new Response('Not found', { status: 404, headers: desktopPageHeaders });
    }
  });
}
