import { elementCountOf } from './dims.ts';
import type { Entry, Instruction } from './program.ts';

/** Multiplications with addition that convolutions and matrix products of an entry take; the rest is small beside them. */
export function countMacs(entry: Entry, batch: number): number {
  return entry.instructions.reduce((total, instruction) => total + macsOf(instruction, batch), 0);
}

function macsOf({ primitive, inputs, outputs, attributes }: Instruction, batch: number): number {
  const [a, b] = inputs;
  const [y] = outputs;
  if (a === undefined || b === undefined || y === undefined) return 0;
  const kernelDims = attributes['kernelDims'];
  switch (primitive) {
    case 'conv2d':
      return size(y.dims, batch) * window(b.dims);
    case 'conv2dBackpropInput':
      return size(b.dims, batch) * window(a.dims);
    case 'conv2dBackpropFilter':
      return Array.isArray(kernelDims) ? size(b.dims, batch) * window(kernelDims) : 0;
    case 'matMul':
    case 'batchMatMul': {
      const shared = a.dims.at(attributes['transposeA'] === true ? -2 : -1) ?? 1;
      return size(y.dims, batch) * size([shared], batch);
    }
    default:
      return 0;
  }
}

/** Products for one output element: kernel height, width and channels of a group. */
function window([height = 1, width = 1, channels = 1]: readonly number[]): number {
  return height * width * channels;
}

function size(dims: readonly number[], batch: number): number {
  const { coefficient, degree } = elementCountOf(dims);
  return coefficient * batch ** degree;
}
