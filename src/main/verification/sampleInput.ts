import type { TensorType } from '../../graph-engine/core/shape.ts';
import { normal } from '../../graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../graph-engine/random/philox.ts';
import type { Tensor } from './verifyMessages.ts';

/**
 * Values of a normal distribution for one input, channels last: the same ones for the same `stream`, so that a difference
 * found once is found again.
 */
export function sampleInput(type: TensorType, batch: number, stream: number): Tensor {
  const dims = [batch, ...type.axes.map(({ name, size }) => size ?? unknownSize(name))];
  const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
  normal(createWordStream([0, 0], stream, domains.data), 1, data);
  return { dims, data };
}

function unknownSize(axis: string): never {
  throw new Error(`The ${axis} of the input is unknown.`);
}
