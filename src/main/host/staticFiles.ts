import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { pageHeaders, pageTypes } from '../../contract/pageDelivery.ts';

/** Sends a file below `folder`; false when there is none at that address. */
export async function sendStatic(folder: string, pathname: string, response: ServerResponse): Promise<boolean> {
  const decoded = decodePath(pathname);
  if (decoded === undefined) return false;
  const file = path.join(folder, decoded === '/' ? 'index.html' : decoded);
  if (file !== folder && !file.startsWith(folder + path.sep)) return false;
  // Names with a hash in them never change; the page itself must be asked for every time.
  const lasting = decoded.startsWith('/assets/');
  return sendFile(file, response, { 'Cache-Control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache' });
}

/** Streams a file with its type; false when it is not a file. */
export async function sendFile(
  file: string,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  response.writeHead(200, {
    ...pageHeaders,
    ...headers,
    'Content-Type': pageTypes[path.extname(file)] ?? 'application/octet-stream',
    'Content-Length': found.size,
  });
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
  return true;
}

function decodePath(pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
