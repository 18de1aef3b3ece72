import type { Histogram, ValueStatistics } from './valueReading.ts';

/** Numbers at `start`, `start + step`, ... of a flat tensor: one channel of an image is every n-th number. */
export interface Run {
  readonly data: ArrayLike<number>;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** All numbers of a tensor. */
export function wholeRun(data: ArrayLike<number>): Run {
  return { data, start: 0, step: 1, count: data.length };
}

/** Facts about the finite numbers, in two passes so that a large mean costs the deviation no digits. */
export function statisticsOf({ data, start, step, count }: Run): ValueStatistics {
  let [minimum, maximum, sum, zeros, finite] = [Infinity, -Infinity, 0, 0, 0];
  const end = start + step * count;
  for (let at = start; at < end; at += step) {
    const value = data[at] ?? 0;
    if (!Number.isFinite(value)) continue;
    finite += 1;
    sum += value;
    if (value === 0) zeros += 1;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (finite === 0) {
    return { count, minimum: 0, maximum: 0, mean: 0, deviation: 0, zeros: 0, notFinite: count };
  }
  const mean = sum / finite;
  let squares = 0;
  for (let at = start; at < end; at += step) {
    const value = data[at] ?? 0;
    if (Number.isFinite(value)) squares += (value - mean) ** 2;
  }
  return {
    count,
    minimum,
    maximum,
    mean,
    deviation: Math.sqrt(squares / finite),
    zeros: zeros / count,
    notFinite: count - finite,
  };
}

const BINS = 40;

/** How the finite numbers are spread. */
export function histogramOf({ data, start, step, count }: Run, { minimum, maximum }: ValueStatistics): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  // A single value gets a bin of some width, so that it can be drawn.
  const half = minimum === maximum ? Math.max(Math.abs(minimum) * 0.5, 0.5) : 0;
  const [from, to] = [minimum - half, maximum + half];
  for (let i = 0; i < count; i++) {
    const value = data[start + i * step] ?? 0;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(BINS - 1, Math.floor(((value - from) / (to - from)) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { from, to, counts };
}
