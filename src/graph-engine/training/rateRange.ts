/** One step of a range test. */
export interface RatePoint {
  readonly rate: number;
  readonly loss: number;
  /** The loss as a running mean, without the bias of its start. */
  readonly smoothed: number;
}

/** What a range test says. */
export interface RateAdvice {
  /** A rate that trains well; `null` when the loss falls nowhere. */
  readonly suggestion: number | null;
  /** The rate of the lowest loss, behind which training gets worse; `null` when no point is lower than the first. */
  readonly limit: number | null;
}

const MEMORY = 0.9;
/** A loss so many times the best means that the rate is far too high. */
const DIVERGED = 4;
/** Fewer steps say nothing. */
const SETTLING = 8;
/** Neighbours on each side that a loss is smoothed with. */
const REACH = 4;
/** The share that the loss must fall by, so that noise is no advice. */
const LEAST_FALL = 0.05;

/** The rate of a step (from 0) of a range test that goes up by the same factor each step (Smith 2017). */
export function rangeRate(step: number, { from, to, steps }: { from: number; to: number; steps: number }): number {
  return from * (to / from) ** (step / Math.max(1, steps - 1));
}

/** The next point, smoothed along with those before it. */
export function nextRatePoint(points: readonly RatePoint[], rate: number, loss: number): RatePoint {
  // The running mean is kept with its bias: that of the point before is put back.
  const last = points.at(-1);
  const biased = last === undefined ? 0 : last.smoothed * (1 - MEMORY ** points.length);
  const mean = MEMORY * biased + (1 - MEMORY) * loss;
  return { rate, loss, smoothed: mean / (1 - MEMORY ** (points.length + 1)) };
}

/** Whether going on would tell nothing new: the loss is no number any more, or far above the best. */
export function hasDiverged(points: readonly RatePoint[]): boolean {
  const last = points.at(-1);
  if (last === undefined) return false;
  if (!Number.isFinite(last.smoothed)) return true;
  return points.length > SETTLING && last.smoothed > DIVERGED * lowest(points).smoothed;
}

/**
 * The rate where the loss falls most for a factor of the rate, but no more than a tenth of the rate where it is lowest: the two
 * usual rules, of which the more careful one is heard. The losses are smoothed to both sides here, so that nothing lags.
 */
export function adviseRate(points: readonly RatePoint[]): RateAdvice {
  const finite = points.filter(({ loss }) => Number.isFinite(loss));
  const losses = finite.map((_, at) => meanAround(finite, at));
  const [first] = losses;
  if (first === undefined || finite.length <= SETTLING) return { suggestion: null, limit: null };
  const lowestLoss = Math.min(...losses);
  const bottom = finite[losses.indexOf(lowestLoss)];
  if (bottom === undefined || lowestLoss > first - LEAST_FALL * Math.abs(first))
    return { suggestion: null, limit: null };
  let [steepest, slope] = [bottom.rate, 0];
  for (let at = 1; at < losses.indexOf(lowestLoss); at++) {
    const fall = (losses[at + 1] ?? NaN) - (losses[at - 1] ?? NaN);
    if (fall < slope) [steepest, slope] = [finite[at]?.rate ?? bottom.rate, fall];
  }
  const suggestion = Math.min(steepest, bottom.rate / 10);
  return { suggestion: Number(suggestion.toPrecision(2)), limit: Number(bottom.rate.toPrecision(2)) };
}

/** The mean of a point's loss and those of its neighbours. */
function meanAround(points: readonly RatePoint[], at: number): number {
  const around = points.slice(Math.max(0, at - REACH), at + REACH + 1);
  return around.reduce((sum, { loss }) => sum + loss, 0) / around.length;
}

function lowest(points: readonly RatePoint[]): RatePoint {
  return points.reduce((best, point) => (point.smoothed < best.smoothed ? point : best));
}
