/**
 * Exponential moving average with the bias of its start removed (as Adam does for its moments), so that a smoothed
 * curve begins at its first value. `weight` from 0 (as it is) to below 1 (flat). Gaps (`null`, not finite) stay gaps and
 * do not count.
 */
export function smoothCurve(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let average = 0;
  let bias = 1;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    average = average * weight + value * (1 - weight);
    bias *= weight;
    return average / (1 - bias);
  });
}
