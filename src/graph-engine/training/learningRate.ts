import { assertNever } from '../core/diagnostic.ts';
import type { TrainingSettings } from '../document/trainingSettings.ts';

/** The settings a learning rate depends on. */
export type RateSettings = Pick<TrainingSettings, 'learningRate' | 'schedule' | 'epochs'>;

/**
 * The learning rate of a step (from 0).
 *
 * Cosine: a linear rise over `warmupSteps`, the last of which has the full rate, then `rate * (1 + cos(pi * t)) / 2` with
 * `t` from 0 to 1 over the rest of the run (Loshchilov and Hutter 2017, without restarts). Step: `rate * factor^k` after
 * `k` times `everyEpochs` epochs.
 */
export function learningRateAt(settings: RateSettings, step: number, stepsPerEpoch: number): number {
  const { learningRate, schedule } = settings;
  switch (schedule.kind) {
    case 'constant':
      return learningRate;
    case 'cosine': {
      const { warmupSteps } = schedule;
      if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
      const decaySteps = settings.epochs * stepsPerEpoch - warmupSteps;
      const passed = Math.min(1, (step - warmupSteps) / Math.max(1, decaySteps));
      return (learningRate * (1 + Math.cos(Math.PI * passed))) / 2;
    }
    case 'step':
      return learningRate * schedule.factor ** Math.floor(step / (stepsPerEpoch * schedule.everyEpochs));
    default:
      return assertNever(schedule);
  }
}
