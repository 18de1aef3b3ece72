import { useEffect } from 'react';
import { isActive, lastStep } from './runs.ts';
import { endedRuns, noticeOf, tellOutside } from './runSignals.ts';
import { runStore, useRuns } from './runStore.ts';

/** Progress in the task bar while a run goes on, and a word at its end: for those who look elsewhere. */
export function RunSignals() {
  const share = useRuns((runs) => {
    const run = Object.values(runs.summaries).find(({ state }) => isActive(state));
    if (run === undefined) return null;
    const step = lastStep(runs.details[run.id]?.metrics ?? []);
    // Whole per cents: the task bar need not hear of every step.
    return Math.floor(100 * Math.min(1, (step?.epoch ?? run.lastEpoch?.epoch ?? 0) / run.epochs)) / 100;
  });
  useEffect(() => window.skipwire?.showProgress?.(share), [share]);
  useEffect(
    () =>
      runStore.subscribe((runs, before) => {
        if (runs.summaries === before.summaries) return;
        for (const run of endedRuns(before.summaries, runs.summaries)) tellOutside(noticeOf(run));
      }),
    [],
  );
  return null;
}
