import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { RunId, type RunSummary } from '../../contract/run.ts';
import { isKeeperAlive } from './keeper.ts';
import { appendLog, readRunFile, writeRunFile, type RunFile } from './runFolder.ts';
import { isOver, nextRunState } from './runState.ts';

/**
 * The summaries of all runs below `folder`, the newest first. A run whose keeper died is marked as interrupted, on disk
 * too; runs named in `kept` are looked after by this process and left alone.
 */
export async function listRuns(folder: string, kept: ReadonlySet<string>): Promise<RunSummary[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const runs = await Promise.all(
    names
      .filter((name) => RunId.safeParse(name).success && !kept.has(name))
      .map(async (name) => {
        const run = await readRunFile(path.join(folder, name));
        // A renamed folder is known by its new name.
        return run === undefined ? [] : [{ ...(await mendRun(path.join(folder, name), run)).summary, id: name }];
      }),
  );
  return runs.flat().toSorted((a, b) => b.started - a.started);
}

/** The run as it really is: interrupted if it says that it goes on but nobody looks after it any more. */
export async function mendRun(folder: string, run: RunFile): Promise<RunFile> {
  if (isOver(run.summary.state) || (run.keeper !== null && isKeeperAlive(run.keeper))) return run;
  const reason = 'Skipwire was closed or stopped working during this run. What was saved last is kept.';
  const state = nextRunState(run.summary.state, { kind: 'lost', reason });
  const mended: RunFile = { ...run, summary: { ...run.summary, state }, keeper: null };
  // On a read-only disk the run is still shown as it is.
  await writeRunFile(folder, mended).catch(() => undefined);
  await appendLog(folder, reason).catch(() => undefined);
  return mended;
}
