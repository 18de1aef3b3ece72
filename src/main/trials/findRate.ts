import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { TrialResult } from '../../contract/trials.ts';
import {
  adviseRate,
  hasDiverged,
  nextRatePoint,
  rangeRate,
  type RatePoint,
} from '../../graph-engine/training/rateRange.ts';
import { takeStep } from '../training/takeStep.ts';
import { endlessBatches, withTrial } from './openTrial.ts';
import type { RunTrial } from './trial.ts';

/** From a rate that moves nothing to one that breaks everything, in steps of a fifth. */
const RANGE = { from: 1e-7, to: 10, steps: 100 } as const;

/** The range test of Smith (2017): the rate grows step by step, and the loss tells which rates train. */
export const findRate: RunTrial<'find-rate'> = (executor, document, { report, goesOn }) =>
  withTrial(executor, document, {}, async ({ compiled, batches }) => {
    const settings = { ...document.training, averaging: { kind: 'none' as const } };
    const points: RatePoint[] = [];
    for await (const batch of endlessBatches(batches)) {
      await letMessagesIn();
      const step = points.length;
      if (step === RANGE.steps || !goesOn()) break;
      const rate = rangeRate(step, RANGE);
      const { loss } = await takeStep({ compiled, settings, step, learningRate: rate, fetches: ['loss'] }, batch);
      const point = nextRatePoint(points, rate, loss?.[0] ?? Number.NaN);
      if (!Number.isFinite(point.smoothed)) break;
      points.push(point);
      report({ kind: 'find-rate', points: [point], steps: RANGE.steps });
      if (hasDiverged(points)) break;
    }
    return conclude(points, document.training.learningRate);
  });

function conclude(points: readonly RatePoint[], current: number): Extract<TrialResult, { kind: 'find-rate' }> {
  const { suggestion, limit } = adviseRate(points);
  const message =
    suggestion === null
      ? 'The loss falls at no rate: look for what keeps the network from learning with "Overfit one batch".'
      : `${suggestion} should train well: up to there the loss falls fast, and it is lowest at ${limit ?? suggestion}. The document has ${current}.`;
  return { kind: 'find-rate', points: [...points], suggestion, limit, message };
}
