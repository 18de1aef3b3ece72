import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { sweepArchiveCalls } from '../../contract/sweepArchive.ts';
import { answerOf } from '../files/hostFailure.ts';
import { emptyTrash, TRASH } from '../runs/recordTrash.ts';
import type { RunPlace } from '../runs/runFolder.ts';
import { trashRun } from '../runs/runTrash.ts';
import { noSweep, openSweep, type SweepFile } from '../sweeps/sweepFolder.ts';
import { isSweepAtRest } from '../sweeps/sweepState.ts';
import {
  demandSweepAtRest,
  listTrashedSweeps,
  restoreSweep,
  runsOfSweep,
  sizeOfSweep,
  titleSweep,
  trashSweep,
} from '../sweeps/sweepTrash.ts';
import type { HostServices } from './createHost.ts';

/** Answers requests about sweeps that are over. */
export function createSweepArchiveHandlers({
  workspace,
  runs,
  sweeps,
  runsFolder,
  emit,
}: HostServices): Pick<Handlers, keyof typeof sweepArchiveCalls> {
  const sweepsFolder = path.join(workspace.root, 'sweeps');
  /** Throws a `HostFailure` where the trash is a link that leads out of the workspace. */
  const demandTrash = (): Promise<string> => workspace.resolve(`sweeps/${TRASH}`);
  const folderAtRest = async (sweep: string): Promise<string> => {
    const kept = sweeps.summaries().find(({ id }) => id === sweep);
    demandSweepAtRest(sweep, kept !== undefined && !isSweepAtRest(kept.state));
    if (kept !== undefined) await sweeps.whenOver(sweep);
    return workspace.resolve(`sweeps/${sweep}`);
  };
  const openOrThrow = async (sweep: string): Promise<{ readonly folder: string; readonly file: SweepFile }> => {
    const folder = await workspace.resolve(`sweeps/${sweep}`);
    const file = await openSweep(folder);
    if (file === undefined) throw noSweep(folder);
    return { folder, file };
  };
  /** Of this workspace alone: what a sweep says of where its runs are is not believed. */
  const ownRuns = async (sweep: string, folder: string, file: SweepFile): Promise<RunPlace[]> => {
    await workspace.resolve('runs');
    const own = await runsOfSweep({ id: sweep, folder }, file, runsFolder);
    for (const { id } of own) await workspace.resolve(`runs/${id}`);
    return own;
  };
  return {
    'sweep/title': ({ sweep, title }) =>
      answerOf(async () => {
        const { summary } = await titleSweep(await folderAtRest(sweep), title);
        sweeps.forget(sweep);
        emit({ event: 'sweep', payload: { ...summary, id: sweep } });
        return {};
      }),

    'sweep/size': ({ sweep }) =>
      answerOf(async () => {
        const { folder, file } = await openOrThrow(sweep);
        return sizeOfSweep(folder, await ownRuns(sweep, folder, file));
      }),

    'sweep/delete': ({ sweep, runs: withRuns }) =>
      answerOf(async () => {
        await demandTrash();
        await folderAtRest(sweep);
        const { folder, file } = await openOrThrow(sweep);
        const own = withRuns ? await ownRuns(sweep, folder, file) : [];
        await workspace.resolve(`runs/${TRASH}`);
        const entry = await trashSweep(folder);
        sweeps.forget(sweep);
        emit({ event: 'archive', payload: { kind: 'sweep-deleted', sweep } });
        const entries: string[] = [];
        for (const run of own) {
          // One that the user has resumed by hand is nobody's to be taken away.
          if (runs.active().has(run.id)) continue;
          await runs.settled(run.id);
          entries.push(await trashRun(run.folder));
          runs.forget(run.id);
          emit({ event: 'archive', payload: { kind: 'deleted', run: run.id } });
        }
        return { entry, runs: entries };
      }),

    'sweep/trash': () =>
      answerOf(async () => {
        await demandTrash();
        return { sweeps: await listTrashedSweeps(sweepsFolder) };
      }),

    'sweep/restore': ({ entry }) =>
      answerOf(async () => {
        await demandTrash();
        const sweep = await restoreSweep(sweepsFolder, entry);
        const { file } = await openOrThrow(sweep);
        emit({ event: 'sweep', payload: { ...file.summary, id: sweep } });
        return { sweep };
      }),

    'sweep/empty-trash': () =>
      answerOf(async () => {
        await demandTrash();
        await emptyTrash(sweepsFolder);
        return {};
      }),
  };
}
