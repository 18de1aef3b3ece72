import path from 'node:path';
import type { TrashedSweep } from '../../contract/sweepArchive.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { bytesOf, listTrashed, restoreFolder, trashFolder } from '../runs/recordTrash.ts';
import { readRunFile, type RunPlace } from '../runs/runFolder.ts';
import { lockRun } from '../runs/runLock.ts';
import { noSweep, openSweep, writeSweepFile, type SweepFile } from './sweepFolder.ts';
import type { SweepPlace } from './sweepKeeper.ts';

/** Moves a sweep at rest to the trash beside it; its runs stay. Throws a `HostFailure` as `trashFolder` does. */
export async function trashSweep(folder: string): Promise<string> {
  return trashFolder(folder, 'sweep');
}

/** What is in the trash of a folder of sweeps, what was deleted last first. */
export async function listTrashedSweeps(sweepsFolder: string): Promise<TrashedSweep[]> {
  return Promise.all(
    (await listTrashed(sweepsFolder)).map(async ({ id, folder, ...one }): Promise<TrashedSweep> => {
      const summary = (await openSweep(folder))?.summary;
      return { ...one, sweep: id, name: summary?.title ?? summary?.name ?? id };
    }),
  );
}

/** Brings a sweep back and returns its name. Throws a `HostFailure` as `restoreFolder` does. */
export async function restoreSweep(sweepsFolder: string, entry: string): Promise<string> {
  return restoreFolder(sweepsFolder, entry, 'sweep');
}

/** The runs of a sweep that are there; one of the same name that is of no sweep, or of another, is not among them. */
export async function runsOfSweep({ id }: SweepPlace, sweep: SweepFile, runsFolder: string): Promise<RunPlace[]> {
  const places = sweep.summary.attempts.map(({ run }): RunPlace => ({ id: run, folder: path.join(runsFolder, run) }));
  const own = await Promise.all(
    places.map(async ({ folder }) => (await readRunFile(folder))?.summary.sweep?.sweep === id),
  );
  return places.filter((_, index) => own[index]);
}

/** Bytes on the disk of a sweep, and of its runs. */
export async function sizeOfSweep(
  folder: string,
  runs: readonly RunPlace[],
): Promise<{ readonly bytes: number; readonly runs: number; readonly bytesOfRuns: number }> {
  const sizes = await Promise.all(runs.map((run) => bytesOf(run.folder)));
  return { bytes: await bytesOf(folder), runs: runs.length, bytesOfRuns: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Gives a sweep at rest another title; nothing takes it away. Throws a `HostFailure` when somebody looks after it. */
export async function titleSweep(folder: string, title: string): Promise<SweepFile> {
  if ((await openSweep(folder)) === undefined) throw noSweep(folder);
  const lock = await lockRun(folder, 'sweep');
  try {
    const sweep = await openSweep(folder, { alone: true });
    if (sweep === undefined) throw noSweep(folder);
    const { title: _before, ...summary } = sweep.summary;
    const titled: SweepFile = { ...sweep, summary: title === '' ? summary : { ...summary, title } };
    await writeSweepFile(folder, titled);
    return titled;
  } finally {
    await lock.release();
  }
}

/** Throws a `HostFailure` for a sweep that is going on. */
export function demandSweepAtRest(id: string, isGoingOn: boolean): void {
  if (!isGoingOn) return;
  throw new HostFailure({
    code: 'sweep/under-way',
    message: `The sweep "${id}" is going on.`,
    remedy: 'Stop or pause it first.',
  });
}
