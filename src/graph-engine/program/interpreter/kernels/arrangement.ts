import type { Kernels } from '../kernel.ts';
import { at, offsetsOf, sizeOfDims, stridesOf, type Doubles } from '../tensor.ts';

/** The elements of `dims` read from memory that `strides` and `start` describe. */
function view(x: Doubles, dims: readonly number[], strides: readonly number[], start = 0): Float64Array {
  return Float64Array.from(offsetsOf(dims, strides, start), (offset) => at(x.data, offset));
}

/** The position of an index in memory. */
function position(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0);
}

/** Copies `x` into a box of a larger row-major tensor. */
function place(x: Doubles, target: Float64Array, strides: readonly number[], begin: readonly number[]): void {
  offsetsOf(x.dims, strides, position(begin, strides)).forEach((offset, i) => {
    target[offset] = at(x.data, i);
  });
}

export const arrangementKernels = {
  reshape: ({ inputs: [x] }) => [x.data],
  transpose({ inputs: [x], attributes: { permutation }, outputDims: [dims] }) {
    const strides = stridesOf(x.dims);
    return [
      view(
        x,
        dims,
        permutation.map((axis) => strides[axis] ?? 0),
      ),
    ];
  },
  pack: ({ inputs }) => [Float64Array.from(inputs, ({ data }) => data[0] ?? Number.NaN)],
  concat({ inputs, attributes: { axis }, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    const strides = stridesOf(dims);
    let offset = 0;
    for (const input of inputs) {
      place(
        input,
        y,
        strides,
        dims.map((_, i) => (i === axis ? offset : 0)),
      );
      offset += input.dims[axis] ?? 0;
    }
    return [y];
  },
  split({ inputs: [x], attributes: { axis, sizes }, outputDims }) {
    const strides = stridesOf(x.dims);
    let offset = 0;
    return sizes.map((size, i) => {
      const part = view(x, outputDims[i] ?? [], strides, offset * (strides[axis] ?? 1));
      offset += size;
      return part;
    });
  },
  slice({ inputs: [x], attributes: { begin }, outputDims: [dims] }) {
    const strides = stridesOf(x.dims);
    return [view(x, dims, strides, position(begin, strides))];
  },
  stridedSlice({ inputs: [x], attributes, outputDims: [dims] }) {
    const strides = stridesOf(x.dims);
    const steps = strides.map((stride, axis) => stride * (attributes.strides[axis] ?? 1));
    return [view(x, dims, steps, position(attributes.begin, strides))];
  },
  pad({ inputs: [x], attributes: { pads, value }, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims)).fill(value);
    place(
      x,
      y,
      stridesOf(dims),
      dims.map((_, axis) => pads[2 * axis] ?? 0),
    );
    return [y];
  },
  gather({ inputs: [table, indices], attributes: { axis }, outputDims: [dims] }) {
    const depth = table.dims[axis] ?? 0;
    const inner = sizeOfDims(table.dims.slice(axis + 1));
    const picks = indices.data.length;
    const y = new Float64Array(sizeOfDims(dims));
    for (let outer = 0; outer * picks * inner < y.length; outer++) {
      indices.data.forEach((index, pick) => {
        if (index < 0 || index >= depth) throw new Error(`index ${index} is not one of ${depth}`);
        const from = (outer * depth + index) * inner;
        y.set(table.data.subarray(from, from + inner), (outer * picks + pick) * inner);
      });
    }
    return [y];
  },
  unsortedSegmentSum({ inputs: [x, segments], outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    const row = x.data.length / Math.max(1, segments.data.length);
    segments.data.forEach((segment, i) => {
      if (segment < 0 || segment * row >= y.length) throw new Error(`segment ${segment} is not one of ${dims[0]}`);
      for (let j = 0; j < row; j++) y[segment * row + j] = at(y, segment * row + j) + at(x.data, i * row + j);
    });
    return [y];
  },
  oneHot({ inputs: [indices], attributes: { depth } }) {
    const y = new Float64Array(indices.data.length * depth);
    indices.data.forEach((index, i) => {
      if (index >= 0 && index < depth) y[i * depth + index] = 1;
    });
    return [y];
  },
} satisfies Kernels<
  | 'reshape'
  | 'transpose'
  | 'concat'
  | 'pack'
  | 'split'
  | 'slice'
  | 'stridedSlice'
  | 'pad'
  | 'gather'
  | 'unsortedSegmentSum'
  | 'oneHot'
>;
