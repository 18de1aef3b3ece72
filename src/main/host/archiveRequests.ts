import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import type { archiveCalls } from '../../contract/runArchive.ts';
import { exportRunsCsv, exportTensorboard } from '../exports/exportRuns.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { openRun } from '../runs/runArchive.ts';
import { readAllFacts } from '../runs/runFacts.ts';
import type { RunPlace } from '../runs/runFolder.ts';
import { writeRemarks } from '../runs/runRemarks.ts';
import { emptyTrash, TRASH } from '../runs/recordTrash.ts';
import { listTrash, restoreRun, trashRun } from '../runs/runTrash.ts';
import type { HostServices } from './createHost.ts';

/** Answers requests about runs that were trained: what is written on them, the trash, taking their figures away. */
export function createArchiveHandlers({
  workspace,
  runs,
  runsFolder,
  emit,
}: HostServices): Pick<Handlers, keyof typeof archiveCalls> {
  const folderOf = (run: string): Promise<string> => workspace.resolve(`runs/${run}`);
  /** Throws a `HostFailure` where the trash is a link that leads out of the workspace. */
  const demandTrash = (): Promise<string> => workspace.resolve(`runs/${TRASH}`);
  const placesOf = (ids: readonly string[]): Promise<RunPlace[]> =>
    Promise.all(
      ids.map(async (id) => {
        await runs.settled(id);
        return { id, folder: await folderOf(id) };
      }),
    );
  const demandRun = async (run: string): Promise<string> => {
    const folder = await folderOf(run);
    // A run that is looked after here may not be mended.
    if (runs.active().has(run) || (await openRun(folder)) !== undefined) return folder;
    throw new HostFailure({
      code: 'run/missing',
      message: `There is no run "${run}".`,
      remedy: 'It may have been moved or deleted.',
    });
  };
  return {
    'run/facts': ({ runs: only }) =>
      answerOf(async () => ({ facts: await readAllFacts(runsFolder, { only, within: workspace.root }) })),

    'run/remark': ({ run, tags, note, title }) =>
      answerOf(async () => {
        const folder = await demandRun(run);
        const remarks = await writeRemarks(folder, (before) => ({
          tags: tags ?? before.tags,
          note: note ?? before.note,
          title: title ?? before.title,
        }));
        emit({ event: 'archive', payload: { kind: 'remarked', run, remarks } });
        return remarks;
      }),

    'run/delete': ({ run }) =>
      answerOf(async () => {
        if (runs.active().has(run)) {
          throw new HostFailure({
            code: 'run/under-way',
            message: `The run "${run}" is under way.`,
            remedy: 'Stop it first; then it can be deleted.',
          });
        }
        await runs.settled(run);
        await demandTrash();
        const entry = await trashRun(await folderOf(run));
        runs.forget(run);
        emit({ event: 'archive', payload: { kind: 'deleted', run } });
        return { entry };
      }),

    'run/trash': () =>
      answerOf(async () => {
        await demandTrash();
        return { runs: await listTrash(runsFolder) };
      }),

    'run/restore': ({ entry }) =>
      answerOf(async () => {
        await demandTrash();
        const run = await restoreRun(runsFolder, entry);
        const file = await openRun(path.join(runsFolder, run));
        if (file !== undefined)
          emit({ event: 'archive', payload: { kind: 'restored', summary: { ...file.summary, id: run } } });
        return { run };
      }),

    'run/empty-trash': () =>
      answerOf(async () => {
        await demandTrash();
        await emptyTrash(runsFolder);
        return {};
      }),

    'run/export-csv': ({ runs: ids, path: file, overwrite }) =>
      answerOf(async () => {
        const order = { file: await workspace.resolve(file), overwrite };
        return { ...(await exportRunsCsv(await placesOf(ids), order)), path: file };
      }),

    'run/export-tensorboard': ({ runs: ids, folder, statistics }) =>
      answerOf(async () => {
        const order = { folder: await workspace.resolve(folder), statistics };
        const { files, bytes } = await exportTensorboard(await placesOf(ids), order);
        return { folder, files: [...files], bytes };
      }),
  };
}
