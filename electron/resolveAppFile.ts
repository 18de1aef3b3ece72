import path from 'node:path';
import { pageTypes } from '../src/contract/pageDelivery.ts';
import { isAppUrl, type isGpuUrl } from './appUrls.ts';

/**
 * The file of `root` that an address of the app's scheme means, with its type; undefined for another host, for a way out
 * of the folder however it is written, and for types the app does not have.
 */
export function resolveAppFile(
  root: string,
  address: string,
  belongs: typeof isAppUrl | typeof isGpuUrl = isAppUrl,
): { file: string; type: string } | undefined {
  if (!belongs(address)) return undefined;
  let pathname: string;
  try {
    pathname = decodeURIComponent(new URL(address).pathname);
  } catch {
    return undefined;
  }
  if (pathname.includes('\0') || pathname.includes('\\')) return undefined;
  const file = path.resolve(root, `.${pathname === '/' ? '/index.html' : pathname}`);
  const relative = path.relative(root, file);
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return undefined;
  const type = pageTypes[path.extname(file)];
  return type === undefined ? undefined : { file, type };
}
