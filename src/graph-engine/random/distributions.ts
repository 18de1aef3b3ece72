/** A source of uniform 32-bit words, such as `createWordStream` gives. */
export type Words = () => number;

/** Fills `out` with uniform numbers in [low, high). */
export function uniform(words: Words, low: number, high: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = low + (words() / 0x100000000) * (high - low);
}

/** Fills `out` with normal numbers of mean 0 by Box and Muller's method. */
export function normal(words: Words, standardDeviation: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i += 2) {
    // The first is in (0, 1], so that its logarithm is finite.
    const radius = standardDeviation * Math.sqrt(-2 * Math.log((words() + 1) / 0x100000000));
    const angle = (2 * Math.PI * words()) / 0x100000000;
    out[i] = radius * Math.cos(angle);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
  }
}

/** Fills `out` with normal numbers of mean 0 that lie within two standard deviations: others are drawn again. */
export function truncatedNormal(words: Words, standardDeviation: number, out: Float32Array): void {
  const pair = new Float32Array(2);
  for (let i = 0; i < out.length;) {
    normal(words, 1, pair);
    for (const value of pair) {
      if (Math.abs(value) <= 2 && i < out.length) out[i++] = standardDeviation * value;
    }
  }
}

/** A uniform integer in [0, count), without bias. */
export function integerBelow(words: Words, count: number): number {
  const limit = 0x100000000 - (0x100000000 % count);
  let word = words();
  while (word >= limit) word = words();
  return word % count;
}

/** A number of the gamma distribution with scale 1, by the method of Marsaglia and Tsang (2000). */
export function gamma(words: Words, shape: number): number {
  // Below 1 their method is for the shape one higher, times a power of a uniform number.
  if (shape < 1) return gamma(words, shape + 1) * ((words() + 1) / 0x100000001) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const pair = new Float32Array(2);
  for (;;) {
    normal(words, 1, pair);
    for (const x of pair) {
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log((words() + 1) / 0x100000001) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}

/** A number of the beta distribution, between 0 and 1. */
export function beta(words: Words, a: number, b: number): number {
  const [x, y] = [gamma(words, a), gamma(words, b)];
  // Both may be too small for a double where a and b are.
  return x + y === 0 ? Number(words() % 2 === 0) : x / (x + y);
}
