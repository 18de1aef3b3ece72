import { halvingRungs } from './halvingRungs.ts';
import type { SweepPlan } from './sweepPlan.ts';
import { pointOf, trialCount } from './sweepPoints.ts';

/**
 * Epochs that all trials of a plan train together, if nothing ends it early. `epochs` are those of the document, which an
 * axis may vary; in halving a trial that goes on trains only what it has not trained before.
 */
export function plannedEpochs(plan: Pick<SweepPlan, 'axes' | 'strategy'>, epochs: number): number {
  if (plan.strategy.kind === 'halving') {
    const rungs = halvingRungs(plan.strategy);
    return rungs.reduce((sum, rung, i) => sum + rung.trials * (rung.epochs - (rungs[i - 1]?.epochs ?? 0)), 0);
  }
  const axis = plan.axes.findIndex(({ paths }) => paths.includes('training.epochs'));
  const count = trialCount(plan);
  if (axis === -1) return count * epochs;
  return Array.from({ length: count }, (_, trial) => Number(pointOf(plan, trial)[axis])).reduce((a, b) => a + b, 0);
}
