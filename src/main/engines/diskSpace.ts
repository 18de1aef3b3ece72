import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';

/** Bytes that this user may still write on the disk of `folder`, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    try {
      const { bavail, bsize } = await statfs(current);
      return bavail * bsize;
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!absent || current === path.dirname(current)) throw error;
    }
  }
}

/** Throws a `HostFailure` when `needed` bytes do not fit, before anything is written. */
export async function requireDiskSpace(folder: string, needed: number, free?: number): Promise<void> {
  const available = free ?? (await freeBytes(folder));
  if (available >= needed) return;
  throw new HostFailure({
    code: 'engine/disk-too-small',
    message: `There is not enough room in ${folder} for the engine.`,
    expected: `${gigabytes(needed)} free, most of it only while installing`,
    received: `${gigabytes(available)} free`,
    remedy: 'Free some space, or set SKIPWIRE_CACHE to a folder on a larger disk.',
  });
}

/** Bytes in words: "1.4 GB". */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
