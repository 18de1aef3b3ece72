/** How the values of one tensor are spread: how many lie in each of equally wide bins between the least and the greatest. */
export interface Histogram {
  readonly minimum: number;
  readonly maximum: number;
  readonly counts: Uint16Array;
}

export const HISTOGRAM_BINS = 32;

/** Counts values into bins; those that are not finite are left out. */
export function histogramOf(values: Iterable<number>): Histogram {
  let [minimum, maximum] = [Infinity, -Infinity];
  const finite: number[] = [];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    finite.push(value);
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const counts = new Uint16Array(HISTOGRAM_BINS);
  if (finite.length === 0) return { minimum: Number.NaN, maximum: Number.NaN, counts };
  const scale = maximum > minimum ? HISTOGRAM_BINS / (maximum - minimum) : 0;
  for (const value of finite) {
    const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor((value - minimum) * scale));
    counts[bin] = Math.min(65_535, (counts[bin] ?? 0) + 1);
  }
  return { minimum, maximum, counts };
}
