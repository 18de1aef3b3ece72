import type { TensorType } from '../../graph-engine/core/shape.ts';
import type { Tensor } from './verifyMessages.ts';

/**
 * Values of a normal distribution for one input, channels last: the same ones for the same `seed`, so that a difference
 * found once is found again.
 */
export function sampleInput(type: TensorType, batch: number, seed: number): Tensor {
  const dims = [batch, ...type.axes.map(({ name, size }) => size ?? unknownSize(name))];
  const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
  const random = uniform(seed);
  // Box and Muller's transform.
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
  return { dims, data };
}

function unknownSize(axis: string): never {
  throw new Error(`The ${axis} of the input is unknown.`);
}

/** Numbers in [0, 1): Marsaglia's xorshift of 32 bits (2003), enough to fill a test image. */
function uniform(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
