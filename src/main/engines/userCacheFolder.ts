import os from 'node:os';
import path from 'node:path';
import envPaths from 'env-paths';

/**
 * Where Skipwire keeps what is made once per user: `SKIPWIRE_CACHE` where it is set, else the system's cache folder
 * (`~/.cache/skipwire` on Linux).
 */
export function userCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const wanted = environment['SKIPWIRE_CACHE'];
  if (wanted !== undefined && wanted !== '') return path.resolve(wanted.replace(/^~(?=$|\/)/, os.homedir()));
  return envPaths('skipwire', { suffix: '' }).cache;
}
