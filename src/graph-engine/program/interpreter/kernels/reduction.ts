import { reducedDims } from '../../dims.ts';
import type { ReductionAttributes } from '../../primitives/reduction.ts';
import type { Kernels } from '../kernel.ts';
import { at, broadcastStrides, offsetAt, offsetsOf, sizeOfDims, type Doubles } from '../tensor.ts';

/** Folds all elements that share an output position, in row order. */
function reduce(
  x: Doubles,
  { axes }: ReductionAttributes,
  start: number,
  combine: (total: number, value: number) => number,
): Float64Array {
  const kept = reducedDims(x.dims, axes, true);
  const out = new Float64Array(sizeOfDims(kept)).fill(start);
  const offsets = offsetsOf(x.dims, broadcastStrides(kept, x.dims.length));
  x.data.forEach((value, i) => {
    const offset = offsetAt(offsets, i);
    out[offset] = combine(at(out, offset), value);
  });
  return out;
}

export const reductionKernels = {
  reduceSum: ({ inputs: [x], attributes }) => [reduce(x, attributes, 0, (total, value) => total + value)],
  reduceMean({ inputs: [x], attributes }) {
    const sums = reduce(x, attributes, 0, (total, value) => total + value);
    const count = x.data.length / sums.length;
    return [sums.map((sum) => sum / count)];
  },
  reduceMax: ({ inputs: [x], attributes }) => [reduce(x, attributes, -Infinity, Math.max)],
  l2Loss: ({ inputs: [x] }) => [Float64Array.of(x.data.reduce((sum, value) => sum + value * value, 0) / 2)],
  argMax({ inputs: [x], attributes: { axis } }) {
    const inner = sizeOfDims(x.dims.slice(axis + 1));
    const length = x.dims[axis] ?? 1;
    const out = new Float64Array(x.data.length / length);
    for (let i = 0; i < out.length; i++) {
      const first = Math.floor(i / inner) * inner * length + (i % inner);
      let best = 0;
      for (let j = 1; j < length; j++) if (at(x.data, first + j * inner) > at(x.data, first + best * inner)) best = j;
      out[i] = best;
    }
    return [out];
  },
} satisfies Kernels<'reduceSum' | 'reduceMean' | 'reduceMax' | 'l2Loss' | 'argMax'>;
