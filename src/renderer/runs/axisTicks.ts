/** Round values from at or below the least to at or above the greatest, about so many. */
export function niceTicks(least: number, greatest: number, count: number): readonly number[] {
  const rough = (greatest - least) / Math.max(1, count - 1);
  if (!(rough > 0) || !Number.isFinite(rough)) return [least];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const [first, last] = [Math.floor(least / step + 1e-9), Math.ceil(greatest / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Powers of ten around positive values; with 2 and 5 times them where there are few. */
export function logarithmicTicks(least: number, greatest: number): readonly number[] {
  if (!(least > 0) || !(greatest >= least)) return [0.1, 1];
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(greatest) + 1e-9)];
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((power) =>
    factors.map((factor) => Number((factor * 10 ** power).toPrecision(6))),
  );
  const from = ticks.findLastIndex((tick) => tick <= least);
  const to = ticks.findIndex((tick) => tick >= greatest);
  return ticks.slice(Math.max(0, from), to === -1 ? undefined : to + 1);
}
