import type { Attempt } from './nextAttempts.ts';
import type { SweepGoal } from './sweepPlan.ts';

/** The attempts that came to a value, the best first; of two alike the one with the lower number. */
export function ranked<One extends Pick<Attempt, 'trial' | 'outcome'>>(
  attempts: readonly One[],
  { better }: Pick<SweepGoal, 'better'>,
): readonly One[] {
  const sign = better === 'lower' ? 1 : -1;
  return attempts
    .flatMap((attempt) => (attempt.outcome.status === 'done' ? [{ attempt, value: attempt.outcome.value }] : []))
    .toSorted((a, b) => sign * (a.value - b.value) || a.attempt.trial - b.attempt.trial)
    .map(({ attempt }) => attempt);
}

/** Where each trial stands: its last attempt that came to a value, or its last; in the order of their numbers. */
export function latestOfTrials<One extends Pick<Attempt, 'trial' | 'rung' | 'outcome'>>(
  attempts: readonly One[],
): readonly One[] {
  const latest = new Map<number, One>();
  for (const attempt of attempts.toSorted((a, b) => a.rung - b.rung)) {
    const before = latest.get(attempt.trial);
    if (before?.outcome.status !== 'done' || attempt.outcome.status === 'done') latest.set(attempt.trial, attempt);
  }
  return [...latest.values()].toSorted((a, b) => a.trial - b.trial);
}
