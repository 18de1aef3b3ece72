import type { TensorType } from '../../graph-engine/core/shape.ts';
import { integerBelow, normal } from '../../graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../graph-engine/random/philox.ts';
import type { Tensor } from './verifyMessages.ts';

/**
 * Values for one input, channels last: of a normal distribution, or tokens of the vocabulary. The same ones for the same `stream`, so that a difference found once is found again.
 */
export function sampleInput(type: TensorType, batch: number, stream: number): Tensor {
  const dims = [batch, ...type.axes.map(({ name, size }) => size ?? unknownSize(name))];
  const length = dims.reduce((product, size) => product * size, 1);
  const words = createWordStream([0, 0], stream, domains.data);
  if (type.dtype === 'int32') {
    // Two tokens are in every vocabulary that says nothing of its size.
    return { dims, data: Int32Array.from({ length }, () => integerBelow(words, type.vocabulary ?? 2)) };
  }
  const data = new Float32Array(length);
  normal(words, 1, data);
  return { dims, data };
}

function unknownSize(axis: string): never {
  throw new Error(`The ${axis} of the input is unknown.`);
}
