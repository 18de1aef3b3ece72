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

/** The last attempt of each trial, in the order of their numbers: where each of them stands. */
export function latestOfTrials<One extends Pick<Attempt, 'trial' | 'rung'>>(attempts: readonly One[]): readonly One[] {
  const latest = new Map<number, One>();
  for (const attempt of attempts) {
    const before = latest.get(attempt.trial);
    if (before === undefined || attempt.rung > before.rung) latest.set(attempt.trial, attempt);
  }
  return [...latest.values()].toSorted((a, b) => a.trial - b.trial);
}
