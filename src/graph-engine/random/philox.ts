/**
 * Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a pure function from a counter of
 * four words and a key of two to four random words. Everything random in a run comes from here, laid out so:
 *
 * | what | key words | counter words |
 * |---|---|---|
 * | `randomUniform` in a program | run seed, step | block low, block high, stream, 0 |
 * | initial values of a variable | seed, hash of the name | block low, block high, second hash of the name, 1 |
 * | permutations (shuffles, splits) | seed, epoch | block low, block high, 0, 2 |
 * | procedural data sets | seed of the set, sample | block low, block high, 0, 3 |
 * | mixing of samples | seed, step | block low, block high, 0, 5 |
 * | a step of the augmentation of a sample | seed, epoch + step · 2²⁰ | block low, block high, sample, 6 |
 * | the value of a sweep's trial | seed, trial | block low, block high, axis, 7 |
 * | the token at a place of a text that is written | seed, place | block low, block high, 0, 8 |
 *
 * Element `i` of a draw is word `i % 4` of block `floor(i / 4)`. TensorFlow's `StatelessRandomUniformV2` with `alg` 1
 * (Philox) draws the same: its `key`, uint64 [1], is the int32 [2] seed reinterpreted by `Bitcast` (the first word is the
 * low half), its `counter`, uint64 [2], is the constant `[0, stream]`, and its floats are `uniformFloat` of the words.
 */
export type Key = readonly [number, number];

/** What the fourth counter word says the numbers are for, so that no two uses share a stream. */
export const domains = {
  program: 0,
  initialValues: 1,
  permutation: 2,
  data: 3,
  mixing: 5,
  augmentation: 6,
  sweep: 7,
  generation: 8,
} as const;

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** The upper 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const carry = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (carry % 0x10000);
  return (aHigh * bHigh + Math.floor(carry / 0x10000) + Math.floor(middle / 0x10000)) >>> 0;
}

/** Writes the four random words of one block to `out`. */
export function philox(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  [seed0, seed1]: Key,
  out: Uint32Array,
): void {
  let [a, b, c, d] = [counter0 >>> 0, counter1 >>> 0, counter2 >>> 0, counter3 >>> 0];
  let key0 = seed0 >>> 0;
  let key1 = seed1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, a);
    const low0 = Math.imul(MULTIPLIER_0, a);
    const high1 = multiplyHigh(MULTIPLIER_1, c);
    const low1 = Math.imul(MULTIPLIER_1, c);
    a = (high1 ^ b ^ key0) >>> 0;
    b = low1 >>> 0;
    c = (high0 ^ d ^ key1) >>> 0;
    d = low0 >>> 0;
    key0 = (key0 + WEYL_0) >>> 0;
    key1 = (key1 + WEYL_1) >>> 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** A float32 in [0, 1) from the low 23 bits of a word, as TensorFlow makes them. */
export function uniformFloat(word: number): number {
  return (word & 0x7fffff) / 0x800000;
}

/** An endless run of random words for a key and the two upper counter words. */
export function createWordStream(key: Key, stream: number, domain: number): () => number {
  const block = new Uint32Array(4);
  let index = 0;
  return () => {
    const position = index % 4;
    if (position === 0) {
      const number = index / 4;
      philox(number, Math.floor(number / 0x100000000), stream, domain, key, block);
    }
    index += 1;
    return block[position] ?? 0;
  };
}
