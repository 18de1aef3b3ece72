import path from 'node:path';
import type { RunSummary } from '../../contract/run.ts';
import { recordFolders } from '../files/recordFolders.ts';
import { isKeeperAlive } from './keeper.ts';
import { recoverRun } from './recoverRun.ts';
import { appendLog, readRunFile, writeRunFile, type RunFile, type RunPlace } from './runFolder.ts';
import { isAtRest, nextRunState } from './runState.ts';

/**
 * The summaries of all runs below `folder`, the newest first. A run whose keeper died is marked as interrupted, on disk
 * too; runs named in `kept` are looked after by this process and left alone. What links lead to outside `within` is left out.
 */
export async function listRuns(folder: string, kept: ReadonlySet<string>, within?: string): Promise<RunSummary[]> {
  const names = await recordFolders(folder, within);
  const runs = await Promise.all(
    names
      .filter((name) => !kept.has(name))
      .map(async (name) => {
        const run = await openRun(path.join(folder, name));
        // A renamed folder is known by its new name.
        return run === undefined ? [] : [{ ...run.summary, id: name }];
      }),
  );
  return runs.flat().toSorted((a, b) => b.started - a.started);
}

/**
 * The run of a folder as it really is: interrupted if it says that it goes on but nobody looks after it any more, and put
 * together again if its record is damaged. What had to be mended is mended on disk too. `undefined` where there is no run.
 * Whoever has locked the folder is `alone`: nobody else looks after the run, whatever its record says.
 */
export async function openRun(folder: string, { alone = false } = {}): Promise<RunFile | undefined> {
  const run = await readRunFile(folder);
  if (run !== undefined) return mendRun(folder, alone ? { ...run, keeper: null } : run);
  const recovered = await recoverRun(folder);
  if (recovered !== undefined) await keepMended(folder, recovered, recovered.notices.join(' '));
  return recovered;
}

/** Runs below `folder` that wait for their turn and whose host is gone, in the order of its queue; no link is followed out. */
export async function findWaitingRuns(folder: string): Promise<RunPlace[]> {
  const names = await recordFolders(folder, path.dirname(folder)).catch(() => []);
  const found = await Promise.all(
    names.map(async (id) => {
      const run = await readRunFile(path.join(folder, id));
      const waits = run !== undefined && outlivesHost(run) && (run.keeper === null || !isKeeperAlive(run.keeper));
      return waits ? [{ id, run }] : [];
    }),
  );
  return found
    .flat()
    .toSorted(({ run: a }, { run: b }) => (a.place ?? 0) - (b.place ?? 0) || a.summary.started - b.summary.started)
    .map(({ id }) => ({ id, folder: path.join(folder, id) }));
}

/** Whether a run waits by the wish of the user. What a sweep has queued goes on with the sweep. */
function outlivesHost({ summary: { state, sweep } }: RunFile): boolean {
  return state.status === 'queued' && sweep === undefined;
}

async function mendRun(folder: string, run: RunFile): Promise<RunFile> {
  // Nothing of a run that waits is lost with its host: the next one takes it up.
  if (isAtRest(run.summary.state) || outlivesHost(run)) return run;
  if (run.keeper !== null && isKeeperAlive(run.keeper)) return run;
  const reason = 'Skipwire was closed or stopped working during this run. What was saved last is kept.';
  const state = nextRunState(run.summary.state, { kind: 'lost', reason });
  const mended: RunFile = { ...run, summary: { ...run.summary, state }, keeper: null };
  await keepMended(folder, mended, reason);
  return mended;
}

/** On a read-only disk the run is still shown as it is. */
async function keepMended(folder: string, run: RunFile, reason: string): Promise<void> {
  await writeRunFile(folder, run).catch(() => undefined);
  await appendLog(folder, reason).catch(() => undefined);
}
