import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a folder whole or not at all: into a new one beside it, which then takes the place of the old. When `write` throws,
 * the old folder is untouched and nothing is left behind.
 */
export async function replaceFolder(folder: string, write: (into: string) => Promise<void>): Promise<void> {
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  const mark = `.${path.basename(folder)}.${randomBytes(6).toString('hex')}`;
  const fresh = path.join(parent, `${mark}.partial`);
  const stale = path.join(parent, `${mark}.old`);
  try {
    await mkdir(fresh);
    await write(fresh);
    const isThere = (await stat(folder).catch(() => undefined)) !== undefined;
    if (isThere) await rename(folder, stale);
    try {
      await rename(fresh, folder);
    } catch (error) {
      if (isThere) await rename(stale, folder);
      throw error;
    }
    await rm(stale, { recursive: true, force: true });
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}
