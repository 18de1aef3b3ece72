import { z } from 'zod';
import { elementCount, type TensorType } from '../../graph-engine/core/shape.ts';
import type { Tensor } from './verifyMessages.ts';

/** Which numbers of a large answer are compared: along one axis, the batch being the first, one position of so many. */
export const Thinning = z.strictObject({ axis: z.int().positive(), every: z.int().min(2) });
export type Thinning = z.infer<typeof Thinning>;

/** Numbers of one sample that are compared in full; an image of a million pixels with four classes has as many. */
const MOST_IN_FULL = 4 * 2 ** 20;
/** What is left of more, about. */
const KEPT = 2 ** 20;

/**
 * How an answer is thinned that would fill the memory, such as scores of every word at every position: each process holds it, and
 * hands it on. Positions that are kept lie evenly, the last among them.
 */
export function thinningFor(type: TensorType): Thinning | undefined {
  const numbers = elementCount(type) ?? 0;
  if (numbers <= MOST_IN_FULL) return undefined;
  const sizes = type.axes.map(({ size }) => size ?? 1);
  const wanted = Math.ceil(numbers / KEPT);
  const long = sizes.findIndex((size) => size >= 2 * wanted);
  const axis = long < 0 ? sizes.indexOf(Math.max(...sizes)) : long;
  return { axis: axis + 1, every: Math.min(wanted, sizes[axis] ?? wanted) };
}

/** How many positions are left of an axis. */
export function keptOf(size: number, every: number): number {
  return Math.floor(size / every);
}

/** The sizes of what is left. */
export function thinnedDims(dims: readonly number[], thinning: Thinning | undefined): number[] {
  return dims.map((size, axis) => (axis === thinning?.axis ? keptOf(size, thinning.every) : size));
}

/** What is left of an answer, in memory of its own. */
export function thinned({ dims, data }: Tensor, thinning: Thinning | undefined): Tensor {
  if (thinning === undefined) return { dims, data };
  const { axis, every } = thinning;
  const size = dims[axis] ?? 1;
  const inner = dims.slice(axis + 1).reduce((product, one) => product * one, 1);
  const outer = dims.slice(0, axis).reduce((product, one) => product * one, 1);
  const kept = keptOf(size, every);
  const length = outer * kept * inner;
  const left = data instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
  for (let block = 0; block < outer; block++) {
    for (let position = 0; position < kept; position++) {
      const from = (block * size + (position + 1) * every - 1) * inner;
      left.set(data.subarray(from, from + inner), (block * kept + position) * inner);
    }
  }
  return { dims: thinnedDims(dims, thinning), data: left };
}
