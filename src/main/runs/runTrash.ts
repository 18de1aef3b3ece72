import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TrashedRun } from '../../contract/runArchive.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { runFiles } from './runFiles.ts';
import { readRunFile } from './runFolder.ts';
import { lockRun } from './runLock.ts';

/** Beside the runs, so that moving there is one step on any disk; its name hides it from lists. */
const TRASH = '.trash';

/** When it was deleted (milliseconds since 1970), and the run's name. */
const ENTRY = /^(\d+)-(.+)$/;

/**
 * Moves a run at rest to the trash beside it and returns its name there. Throws a `HostFailure` when somebody looks after
 * the run, or when there is none.
 */
export async function trashRun(folder: string): Promise<string> {
  const [runsFolder, run] = [path.dirname(folder), path.basename(folder)];
  const isRun = await stat(path.join(folder, runFiles.summary)).catch(() => undefined);
  if (isRun === undefined) throw noRun(folder);
  const lock = await lockRun(folder);
  const entry = `${Date.now()}-${run}`;
  const trash = path.join(runsFolder, TRASH);
  try {
    await mkdir(trash, { recursive: true });
    await rename(folder, path.join(trash, entry));
    await rm(path.join(trash, entry, runFiles.lock), { force: true });
    return entry;
  } finally {
    await lock.release();
  }
}

/** What is in the trash of a folder of runs, what was deleted last first. */
export async function listTrash(runsFolder: string): Promise<TrashedRun[]> {
  const trash = path.join(runsFolder, TRASH);
  const names = await readdir(trash).catch(() => []);
  const found = await Promise.all(
    names.map(async (entry): Promise<TrashedRun[]> => {
      const [, deleted, run] = ENTRY.exec(entry) ?? [];
      if (deleted === undefined || run === undefined) return [];
      const folder = path.join(trash, entry);
      const name = (await readRunFile(folder))?.summary.name ?? run;
      return [{ entry, run, name, deleted: Number(deleted), bytes: await sizeOf(folder) }];
    }),
  );
  return found.flat().toSorted((a, b) => b.deleted - a.deleted);
}

/** Brings a run back and returns its name. Throws a `HostFailure` when its place is taken, or it is not in the trash. */
export async function restoreRun(runsFolder: string, entry: string): Promise<string> {
  const [, , run] = ENTRY.exec(entry) ?? [];
  const from = path.join(runsFolder, TRASH, entry);
  if (run === undefined || (await stat(from).catch(() => undefined)) === undefined) {
    throw new HostFailure({
      code: 'run/not-in-trash',
      message: `There is no "${run ?? entry}" in the trash.`,
      remedy: 'It may have been brought back already, or the trash was emptied.',
    });
  }
  const to = path.join(runsFolder, run);
  if ((await stat(to).catch(() => undefined)) !== undefined) {
    throw new HostFailure({
      code: 'run/folder-in-use',
      message: `There is another run "${run}" by now.`,
      remedy: 'Move its folder away first.',
    });
  }
  await rename(from, to);
  return run;
}

/** Removes for good what is in the trash of a folder of runs. */
export async function emptyTrash(runsFolder: string): Promise<void> {
  await rm(path.join(runsFolder, TRASH), { recursive: true, force: true });
}

/** Bytes of a folder's files; one that has several names counts once. */
async function sizeOf(folder: string): Promise<number> {
  const sizes = new Map<string, number>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const info = await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
    if (info !== undefined) sizes.set(`${info.dev}:${info.ino}`, info.size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function noRun(folder: string): HostFailure {
  return new HostFailure({
    code: 'run/missing',
    message: `"${folder}" holds no run.`,
    expected: `a folder with ${runFiles.summary}`,
    remedy: 'Check the name; the run may have been moved or deleted.',
  });
}
