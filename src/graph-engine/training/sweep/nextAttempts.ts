import { halvingRungs } from './halvingRungs.ts';
import { ranked } from './rankTrials.ts';
import type { SweepGoal, SweepPlan } from './sweepPlan.ts';
import { trialCount } from './sweepPoints.ts';

/** A trial in a round; sweeps without halving have one round. */
export interface AttemptPlace {
  readonly trial: number;
  readonly rung: number;
}

/** What came of an attempt, or that it is under way. */
export interface Attempt extends AttemptPlace {
  readonly outcome:
    | { readonly status: 'under-way' }
    | { readonly status: 'done'; readonly value: number }
    | { readonly status: 'failed' };
  /** Seconds that it has trained, without what it continued. */
  readonly seconds?: number | undefined;
}

export type NextAttempts =
  /** Attempts to begin now; none while the ones under way have to be waited for. */
  | { readonly kind: 'begin'; readonly attempts: readonly (AttemptPlace & { readonly epochs: number | undefined })[] }
  | { readonly kind: 'over'; readonly reason: 'all-done' | 'target' | 'patience' | 'minutes' };

/**
 * What a sweep does next. It follows from the plan and what came of the attempts so far, in the order they were begun, and
 * from nothing else: so a sweep that was killed goes on as if nothing had happened.
 */
export function nextAttempts(plan: SweepPlan, attempts: readonly Attempt[]): NextAttempts {
  const busy = attempts.filter(({ outcome }) => outcome.status === 'under-way').length;
  const reason = reasonToStop(plan, attempts);
  if (reason !== undefined) return busy === 0 ? { kind: 'over', reason } : { kind: 'begin', attempts: [] };
  const waiting = waitingAttempts(plan, attempts);
  if (waiting.length === 0 && busy === 0) return { kind: 'over', reason: 'all-done' };
  return { kind: 'begin', attempts: waiting.slice(0, Math.max(0, plan.concurrency - busy)) };
}

/** The attempts of the round at hand that have not begun. */
function waitingAttempts(plan: SweepPlan, attempts: readonly Attempt[]) {
  const { strategy } = plan;
  const begun = new Set(attempts.map(({ trial, rung }) => `${trial} ${rung}`));
  const all = Array.from({ length: trialCount(plan) }, (_, trial) => trial);
  if (strategy.kind !== 'halving') {
    return all.filter((trial) => !begun.has(`${trial} 0`)).map((trial) => ({ trial, rung: 0, epochs: undefined }));
  }
  const rungs = halvingRungs(strategy);
  let inRung: readonly number[] = all;
  for (const [rung, { epochs }] of rungs.entries()) {
    const waiting = inRung.filter((trial) => !begun.has(`${trial} ${rung}`));
    if (waiting.length > 0) return waiting.map((trial) => ({ trial, rung, epochs }));
    const here = attempts.filter((attempt) => attempt.rung === rung);
    // All of a round are known before the best of them go on.
    if (here.some(({ outcome }) => outcome.status === 'under-way')) return [];
    inRung = promoted(here, rungs[rung + 1]?.trials ?? 0, plan.goal);
  }
  return [];
}

/** The trials of a round that go on, the best first. */
export function promoted(round: readonly Attempt[], places: number, goal: SweepGoal): readonly number[] {
  return ranked(round, goal)
    .slice(0, places)
    .map(({ trial }) => trial);
}

function reasonToStop({ stop, goal }: SweepPlan, attempts: readonly Attempt[]) {
  const { target, patience, minutes } = stop;
  const values = attempts.flatMap(({ outcome }) => (outcome.status === 'done' ? [outcome.value] : []));
  const sign = goal.better === 'lower' ? 1 : -1;
  if (target !== undefined && values.some((value) => sign * value <= sign * target)) return 'target';
  const seconds = attempts.reduce((sum, attempt) => sum + (attempt.seconds ?? 0), 0);
  if (minutes !== undefined && seconds >= 60 * minutes) return 'minutes';
  if (patience === undefined) return undefined;
  let [best, since] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    since = sign * value < best ? 0 : since + 1;
    best = Math.min(best, sign * value);
  }
  return since >= patience ? 'patience' : undefined;
}
