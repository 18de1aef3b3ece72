import { assertNever } from '../core/diagnostic.ts';
import type { TrainingSettings } from '../document/trainingSettings.ts';

/** The settings a learning rate depends on. */
export type RateSettings = Pick<TrainingSettings, 'learningRate' | 'schedule' | 'epochs'>;

/**
 * The learning rate of a step (from 0), as PyTorch's schedulers have it. `drops` is how often a plateau has lowered the rate
 * so far (see `nextPlateau`).
 *
 * Cosine: a linear rise over `warmupSteps`, the last of which has the full rate, then `rate * (1 + cos(pi * t)) / 2` with
 * `t` from 0 to 1 over the rest of the run (Loshchilov and Hutter 2017, without restarts). The others count from the start of
 * the run, and a warm-up multiplies them by what it has risen to.
 */
export function learningRateAt(settings: RateSettings, step: number, stepsPerEpoch: number, drops = 0): number {
  const { learningRate, schedule } = settings;
  const epoch = Math.floor(step / stepsPerEpoch);
  switch (schedule.kind) {
    case 'constant':
      return warm(learningRate, schedule.warmupSteps, step);
    case 'cosine': {
      const { warmupSteps } = schedule;
      if (step < warmupSteps) return warm(learningRate, warmupSteps, step);
      const decaySteps = settings.epochs * stepsPerEpoch - warmupSteps;
      const passed = Math.min(1, (step - warmupSteps) / Math.max(1, decaySteps));
      return between(learningRate, 0, passed);
    }
    case 'step':
      return warm(
        learningRate * schedule.factor ** Math.floor(epoch / schedule.everyEpochs),
        schedule.warmupSteps,
        step,
      );
    case 'one-cycle': {
      const first = learningRate / schedule.startDivisor;
      const last = settings.epochs * stepsPerEpoch - 1;
      const top = schedule.riseShare * (last + 1) - 1;
      if (step <= top) return between(first, learningRate, top <= 0 ? 1 : step / top);
      const passed = last <= top ? 1 : Math.min(1, (step - top) / (last - top));
      return between(learningRate, first / schedule.endDivisor, passed);
    }
    case 'exponential':
      return warm(learningRate * schedule.factor ** epoch, schedule.warmupSteps, step);
    case 'plateau':
      return warm(
        Math.max(Math.min(learningRate, schedule.lowestRate), learningRate * schedule.factor ** drops),
        schedule.warmupSteps,
        step,
      );
    default:
      return assertNever(schedule);
  }
}

function warm(rate: number, warmupSteps: number | undefined, step: number): number {
  return warmupSteps === undefined || step >= warmupSteps ? rate : (rate * (step + 1)) / warmupSteps;
}

/** Along half a cosine. */
function between(from: number, to: number, passed: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * passed))) / 2;
}
