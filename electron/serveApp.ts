import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { APP_SCHEME, isGpuUrl } from './appUrls.ts';
import { desktopPageHeaders, pageHeaders } from '../src/contract/pageDelivery.ts';
import { resolveAppFile } from './resolveAppFile.ts';

/** Makes the app's scheme a secure one with an origin. Must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built editor and the page for the graphics processor under the app's scheme, each from its own folder. */
export function serveApp({ editor, gpuPage }: { readonly editor: string; readonly gpuPage: string }): void {
  protocol.handle(APP_SCHEME, async ({ method, url }) => {
    const forGpu = isGpuUrl(url);
    // Only the editor may talk with hosts at the other end of a tunnel.
    const headers = forGpu ? pageHeaders : desktopPageHeaders;
    const asked = forGpu ? resolveAppFile(gpuPage, url, isGpuUrl) : resolveAppFile(editor, url);
    const found = method === 'GET' ? asked : undefined;
    if (found === undefined) return new Response('Not found', { status: 404, headers });
    try {
      const body = new Uint8Array(await readFile(found.file));
      return new Response(body, { headers: { ...headers, 'Content-Type': found.type } });
    } catch {
      return new Response('Not found', { status: 404, headers });
    }
  });
}
