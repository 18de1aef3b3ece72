import { randomBytes } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces `file` with `data` so that a crash at any moment leaves the old content or the new, never a part: a new file
 * beside it, flushed to the disk, then renamed over it. Throws what the file system throws; the old file is then
 * untouched and nothing is left behind. Chunks are made while they are written, so large files need little memory.
 */
export async function writeAtomically(
  file: string,
  data: string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  /** The name in messages, where `file` is only on its way to it. */
  { knownAs = file }: { knownAs?: string } = {},
): Promise<void> {
  const folder = path.dirname(file);
  const aside = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    const handle = await open(aside, 'wx', 0o666).catch((error: unknown) => renamed(error, knownAs));
    try {
      await writeFile(handle, data);
      await handle.sync();
    } catch (error) {
      renamed(error, knownAs);
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
  await flushFolder(folder);
}

/** The user knows the file by its own name, not by that of the one written beside it. */
function renamed(error: unknown, file: string): never {
  if (error instanceof Error && 'syscall' in error) Object.assign(error, { path: file });
  throw error;
}

/** Makes the renaming itself durable; not every system lets a folder be flushed. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}
