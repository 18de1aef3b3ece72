import type { TrashedRun } from '../../contract/runArchive.ts';
import { listTrashed, restoreFolder, trashFolder } from './recordTrash.ts';
import { readRunFile } from './runFolder.ts';

/**
 * Moves a run at rest to the trash beside it and returns its name there. Throws a `HostFailure` when somebody looks after
 * the run, or when there is none.
 */
export async function trashRun(folder: string): Promise<string> {
  return trashFolder(folder, 'run');
}

/** What is in the trash of a folder of runs, what was deleted last first. */
export async function listTrash(runsFolder: string): Promise<TrashedRun[]> {
  return Promise.all(
    (await listTrashed(runsFolder)).map(async ({ id, folder, ...one }): Promise<TrashedRun> => {
      const name = (await readRunFile(folder))?.summary.name ?? id;
      return { ...one, run: id, name };
    }),
  );
}

/** Brings a run back and returns its name. Throws a `HostFailure` when its place is taken, or it is not in the trash. */
export async function restoreRun(runsFolder: string, entry: string): Promise<string> {
  return restoreFolder(runsFolder, entry, 'run');
}
