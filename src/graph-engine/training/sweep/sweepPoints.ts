import { createWordStream, domains } from '../../random/philox.ts';
import { drawnValue, gridSize, gridValues } from './axisValues.ts';
import type { SweepAxis, SweepPlan, SweepPoint } from './sweepPlan.ts';

/** How many trials a plan has: in its first round, where there are several. */
export function trialCount({ axes, strategy }: Pick<SweepPlan, 'axes' | 'strategy'>): number {
  if (strategy.kind !== 'grid') return strategy.trials;
  return axes.reduce((product, { range }) => product * gridSize(range), 1);
}

/**
 * The point of a trial. It depends on the plan and the number alone, so a sweep that was killed asks for the same points
 * again, and more trials of the same seed begin with those there were.
 */
export function pointOf({ axes, strategy }: Pick<SweepPlan, 'axes' | 'strategy'>, trial: number): SweepPoint {
  return strategy.kind === 'grid' ? gridPoint(axes, trial) : axes.map(drawn(strategy.seed, trial));
}

/** The last axis changes fastest. */
function gridPoint(axes: readonly SweepAxis[], trial: number): SweepPoint {
  const point = [];
  let rest = trial;
  for (const { range } of axes.toReversed()) {
    const values = gridValues(range);
    point.unshift(values[rest % values.length] ?? 0);
    rest = Math.floor(rest / values.length);
  }
  return point;
}

function drawn(seed: number, trial: number) {
  return ({ range }: SweepAxis, axis: number) =>
    drawnValue(range, createWordStream([seed, trial], axis, domains.sweep)());
}
