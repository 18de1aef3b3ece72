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
