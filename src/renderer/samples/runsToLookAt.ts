import type { ProbeWeights } from '../../contract/samples.ts';
import type { RunSummary } from '../../contract/run.ts';
import { isActive } from '../training/runs.ts';

/** Runs of a network (see `networkFingerprint`) that have saved weights, newest first; one under way has saved some after its first epoch. */
export function runsToLookAt(summaries: Readonly<Record<string, RunSummary>>, network: string): RunSummary[] {
  return Object.values(summaries)
    .filter((run) => run.network === network && (run.lastEpoch !== undefined || run.best !== undefined))
    .sort((one, other) => other.started - one.started);
}

/** The weights one wants to see first: those of the run under way as they were saved last, else the best of the newest run. */
export function firstWeights(runs: readonly RunSummary[]): ProbeWeights {
  const active = runs.find((run) => isActive(run.state));
  if (active !== undefined) return { kind: 'run', run: active.id, which: 'last' };
  const [newest] = runs;
  return newest?.best === undefined ? { kind: 'initial' } : { kind: 'run', run: newest.id, which: 'best' };
}
