import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import { runFiles } from './runFiles.ts';
import { lockRun } from './runLock.ts';

/** Beside what was deleted, so that moving there is one step on any disk; its name hides it from lists. */
export const TRASH = '.trash';

/** When it was deleted (milliseconds since 1970), and its name. */
const ENTRY = /^(\d+)-(.+)$/;

/** Something with a folder of its own that can be deleted and brought back. */
export type RecordKind = 'run' | 'sweep';

const RECORDS: Readonly<Record<RecordKind, string>> = { run: runFiles.summary, sweep: 'sweep.json' };

export interface TrashedFolder {
  /** Its name in the trash. */
  readonly entry: string;
  readonly id: string;
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly deleted: number;
  readonly bytes: number;
}

/**
 * Moves what is at rest to the trash beside it and returns its name there. Throws a `HostFailure` when somebody looks after
 * it, or when there is none.
 */
export async function trashFolder(folder: string, kind: RecordKind): Promise<string> {
  const [parent, id] = [path.dirname(folder), path.basename(folder)];
  const isThere = await stat(path.join(folder, RECORDS[kind])).catch(() => undefined);
  if (isThere === undefined) throw noRecord(folder, kind);
  const lock = await lockRun(folder, kind);
  const entry = `${Date.now()}-${id}`;
  const trash = path.join(parent, TRASH);
  try {
    await mkdir(trash, { recursive: true });
    await rename(folder, path.join(trash, entry));
    await rm(path.join(trash, entry, runFiles.lock), { force: true });
    return entry;
  } finally {
    await lock.release();
  }
}

/** What is in the trash of a folder, what was deleted last first. */
export async function listTrashed(parent: string): Promise<TrashedFolder[]> {
  const trash = path.join(parent, TRASH);
  const names = await readdir(trash).catch(() => []);
  const found = await Promise.all(
    names.map(async (entry): Promise<TrashedFolder[]> => {
      const [, deleted, id] = ENTRY.exec(entry) ?? [];
      if (deleted === undefined || id === undefined) return [];
      const folder = path.join(trash, entry);
      return [{ entry, id, folder, deleted: Number(deleted), bytes: await bytesOf(folder) }];
    }),
  );
  return found.flat().toSorted((a, b) => b.deleted - a.deleted);
}

/** Brings back what was deleted and returns its name. Throws a `HostFailure` when its place is taken, or it is not in the trash. */
export async function restoreFolder(parent: string, entry: string, kind: RecordKind): Promise<string> {
  const [, , id] = ENTRY.exec(entry) ?? [];
  const from = path.join(parent, TRASH, entry);
  if (id === undefined || (await stat(from).catch(() => undefined)) === undefined) {
    throw new HostFailure({
      code: `${kind}/not-in-trash`,
      message: `There is no "${id ?? entry}" in the trash.`,
      remedy: 'It may have been brought back already, or the trash was emptied.',
    });
  }
  const to = path.join(parent, id);
  if ((await stat(to).catch(() => undefined)) !== undefined) {
    throw new HostFailure({
      code: `${kind}/folder-in-use`,
      message: `There is another ${kind} "${id}" by now.`,
      remedy: 'Move its folder away first.',
    });
  }
  await rename(from, to);
  return id;
}

/** Removes for good what is in the trash of a folder. */
export async function emptyTrash(parent: string): Promise<void> {
  await rm(path.join(parent, TRASH), { recursive: true, force: true });
}

/** Bytes of a folder's files; one that has several names counts once. */
export async function bytesOf(folder: string): Promise<number> {
  const sizes = new Map<string, number>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const info = await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
    if (info !== undefined) sizes.set(`${info.dev}:${info.ino}`, info.size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function noRecord(folder: string, kind: RecordKind): HostFailure {
  return new HostFailure({
    code: `${kind}/missing`,
    message: `"${folder}" holds no ${kind}.`,
    expected: `a folder with ${RECORDS[kind]}`,
    remedy: `Check the name; the ${kind} may have been moved or deleted.`,
  });
}
