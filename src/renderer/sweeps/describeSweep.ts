import type { SweepAttempt, SweepState, SweepSummary } from '../../contract/sweeps.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { describeValue } from '../../graph-engine/training/sweep/checkSweep.ts';
import { plannedEpochs } from '../../graph-engine/training/sweep/plannedEpochs.ts';
import { latestOfTrials, ranked } from '../../graph-engine/training/sweep/rankTrials.ts';
import type { ParameterValue } from '../../graph-engine/document/schema.ts';
import { formatFigure } from '../training/format.ts';
import type { BadgeTone } from '../ui/Badge.tsx';

/** Where a sweep stands, in words. */
export interface SweepWords {
  readonly label: string;
  readonly tone: BadgeTone;
  readonly detail: string;
}

/** Whether somebody works on a sweep. */
export function isSweepGoingOn({ status }: SweepState): boolean {
  return status === 'running' || status === 'stopping';
}

/** Says where a sweep stands, and why it is over. */
export function describeSweep(sweep: SweepSummary): SweepWords {
  const { state } = sweep;
  switch (state.status) {
    case 'running':
      return { label: 'Going on', tone: 'accent', detail: bestInWords(sweep) };
    case 'stopping':
      return {
        label: state.pausing === true ? 'Pausing' : 'Stopping',
        tone: 'neutral',
        detail: 'Finishing the step and saving where it stands.',
      };
    case 'paused':
      return { label: 'Paused', tone: 'neutral', detail: 'Goes on with the trial where it stood.' };
    case 'stopped':
      return { label: 'Stopped', tone: 'neutral', detail: 'Stopped by you. It can still go on.' };
    case 'finished': {
      const reasons = {
        'all-done': '',
        target: 'A trial is as good as was wished. ',
        patience: 'No trial was better for a while. ',
        minutes: 'The time is up. ',
      } as const;
      return { label: 'Finished', tone: 'success', detail: `${reasons[state.reason]}${bestInWords(sweep)}` };
    }
    case 'failed':
      return {
        label: 'Failed',
        tone: 'danger',
        detail: `${state.problem.message} ${state.problem.remedy ?? ''}`.trim(),
      };
    case 'interrupted':
      return { label: 'Interrupted', tone: 'warning', detail: state.reason };
    default:
      return assertNever(state);
  }
}

/** The best trial so far. */
export function bestAttempt({ attempts, plan }: Pick<SweepSummary, 'attempts' | 'plan'>): SweepAttempt | undefined {
  return ranked(latestOfTrials(attempts), plan.goal)[0];
}

function bestInWords(sweep: SweepSummary): string {
  const best = bestAttempt(sweep);
  if (best?.outcome.status !== 'done') return 'No trial is done yet.';
  return `Best: trial ${best.trial + 1} with ${sweep.measure.title.toLowerCase()} ${formatFigure(sweep.measure, best.outcome.value)}.`;
}

/** Seconds that the rest of a sweep will take, by what its trials took so far; undefined before one is done. */
export function secondsLeft(
  { plan, attempts }: Pick<SweepSummary, 'plan' | 'attempts'>,
  epochs: number,
): number | undefined {
  let [done, seconds] = [0, 0];
  for (const attempt of attempts) {
    if (attempt.seconds === undefined) continue;
    const before = attempts.find(({ trial, rung }) => trial === attempt.trial && rung === attempt.rung - 1);
    done += attempt.epochs - (before?.epochs ?? 0);
    seconds += attempt.seconds;
  }
  if (done === 0 || seconds === 0) return undefined;
  const skipped = attempts.filter(({ outcome, seconds: spent }) => outcome.status === 'failed' && spent === undefined);
  const all = plannedEpochs(plan, epochs) - skipped.reduce((sum, attempt) => sum + attempt.epochs, 0);
  return (Math.max(0, all - done) * seconds) / done;
}

/** A value in as few characters as tell it. */
export function shortValue(value: ParameterValue): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : describeValue(value);
}

/** The last part of a path, with what it belongs to: `learningRate`, `conv1.filters`. */
export function shortPath(path: string): string {
  const parts = path.split('.').filter((part) => part !== 'training' && part !== 'graph' && part !== 'blocks');
  return parts.slice(-2).join('.');
}
