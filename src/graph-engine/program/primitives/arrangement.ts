import { broadcastDims, elementCountOf, formatDims, productOf, sameDims } from '../dims.ts';
import type { Dims, Value } from '../program.ts';
import { definePrimitive, demand, dimOf, type NoAttributes, type TensorSpec } from './definePrimitive.ts';

export const reshape = definePrimitive({
  name: 'reshape',
  infer([x]: readonly [x: Value], { dims }: { readonly dims: Dims }): readonly [TensorSpec] {
    const before = elementCountOf(x.dims);
    const after = elementCountOf(dims);
    demand(
      before.coefficient === after.coefficient && before.degree === after.degree,
      `${formatDims(x.dims)} and ${formatDims(dims)} differ in size`,
    );
    return [{ dims, dtype: x.dtype }];
  },
  gradient({ builder, inputs: [x], outputGradients: [dy] }) {
    return [dy && builder.reshape(dy, x.dims)];
  },
});

/** Output axis `i` is input axis `permutation[i]`. */
export const transpose = definePrimitive({
  name: 'transpose',
  infer([x]: readonly [x: Value], { permutation }: { readonly permutation: readonly number[] }): readonly [TensorSpec] {
    demand(
      permutation.length === x.dims.length && new Set(permutation).size === permutation.length,
      `${permutation.join(', ')} does not permute ${formatDims(x.dims)}`,
    );
    return [{ dims: permutation.map((axis) => dimOf(x, axis)), dtype: x.dtype }];
  },
  gradient({ builder, attributes: { permutation }, outputGradients: [dy] }) {
    return [
      dy &&
        builder.transpose(
          dy,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    ];
  },
});

/** Scalars as the elements of a vector. */
export const pack = definePrimitive({
  name: 'pack',
  infer(inputs: readonly Value[], _attributes: NoAttributes): readonly [TensorSpec] {
    const [first] = inputs;
    demand(
      first !== undefined && inputs.every(({ dims, dtype }) => dims.length === 0 && dtype === first.dtype),
      'only scalars of one type can be packed',
    );
    return [{ dims: [inputs.length], dtype: first.dtype }];
  },
  gradient({ builder: b, inputs, outputGradients: [dy] }) {
    return inputs.map((_, i) => dy && b.reshape(b.slice(dy, [i], [1]), []));
  },
});

export const concat = definePrimitive({
  name: 'concat',
  infer(inputs: readonly Value[], { axis }: { readonly axis: number }): readonly [TensorSpec] {
    const [first] = inputs;
    demand(first !== undefined, 'nothing to concatenate');
    let size = 0;
    for (const input of inputs) {
      demand(
        input.dtype === first.dtype &&
          input.dims.length === first.dims.length &&
          dimOf(input, axis) > 0 &&
          input.dims.every((dim, i) => i === axis || dim === first.dims[i]),
        `${inputs.map(({ dims }) => formatDims(dims)).join(' and ')} do not join along axis ${axis}`,
      );
      size += dimOf(input, axis);
    }
    return [{ dims: first.dims.map((dim, i) => (i === axis ? size : dim)), dtype: first.dtype }];
  },
  gradient({ builder, inputs, attributes: { axis }, outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    let offset = 0;
    return inputs.map((input, i) => {
      const begin = input.dims.map((_, j) => (j === axis ? offset : 0));
      offset += dimOf(input, axis);
      return wanted(i) ? builder.slice(dy, begin, input.dims) : undefined;
    });
  },
});

/** Parts of these sizes along an axis, one after the other. */
export const split = definePrimitive({
  name: 'split',
  infer(
    [x]: readonly [x: Value],
    { axis, sizes }: { readonly axis: number; readonly sizes: readonly number[] },
  ): readonly TensorSpec[] {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    demand(
      dimOf(x, axis) === total && sizes.every((size) => size > 0),
      `${sizes.join(', ')} are not the parts of axis ${axis} of ${formatDims(x.dims)}`,
    );
    return sizes.map((size) => ({ dims: x.dims.map((dim, i) => (i === axis ? size : dim)), dtype: x.dtype }));
  },
  gradient({ builder, outputs, attributes: { axis }, outputGradients }) {
    const parts = outputs.map(({ dims }, i) => outputGradients[i] ?? builder.broadcastTo(builder.scalar(0), dims));
    return [builder.concat(parts, axis)];
  },
});

/** A window of `size` from `begin`; an axis with the batch is taken whole. */
export const slice = definePrimitive({
  name: 'slice',
  infer(
    [x]: readonly [x: Value],
    { begin, size }: { readonly begin: readonly number[]; readonly size: Dims },
  ): readonly [TensorSpec] {
    demand(
      begin.length === x.dims.length &&
        size.length === x.dims.length &&
        x.dims.every((dim, i) => {
          const [from = 0, length = 0] = [begin[i], size[i]];
          return dim < 0 ? from === 0 && length === dim : from >= 0 && length > 0 && from + length <= dim;
        }),
      `${formatDims(size)} from ${begin.join(', ')} is not inside ${formatDims(x.dims)}`,
    );
    return [{ dims: size, dtype: x.dtype }];
  },
  gradient({ builder, inputs: [x], attributes: { begin, size }, outputGradients: [dy] }) {
    const pads = x.dims.flatMap((dim, i) => [begin[i] ?? 0, dim < 0 ? 0 : dim - (begin[i] ?? 0) - (size[i] ?? 0)]);
    return [dy && builder.pad(dy, pads)];
  },
});

/** Every `strides[i]`-th element of `begin[i] <= index < end[i]`; an axis with begin and end 0 is taken whole. */
export const stridedSlice = definePrimitive({
  name: 'stridedSlice',
  infer(
    [x]: readonly [x: Value],
    attributes: {
      readonly begin: readonly number[];
      readonly end: readonly number[];
      readonly strides: readonly number[];
    },
  ): readonly [TensorSpec] {
    const dims = x.dims.map((dim, i) => {
      const [begin, end, stride] = [attributes.begin[i], attributes.end[i], attributes.strides[i]];
      demand(begin !== undefined && end !== undefined && stride !== undefined, 'one begin, end and stride per axis');
      if (begin === 0 && end === 0) {
        demand(stride === 1 || dim > 0, 'the batch has stride 1');
        return stride === 1 ? dim : Math.ceil(dim / stride);
      }
      demand(begin >= 0 && begin < end && end <= dim && stride >= 1, `${begin}:${end}:${stride} in a size of ${dim}`);
      return Math.ceil((end - begin) / stride);
    });
    return [{ dims, dtype: x.dtype }];
  },
  gradient({ builder: b, inputs: [x], attributes, outputGradients: [dy] }) {
    if (dy === undefined) return [];
    // Zeros between the elements of every strided axis, one axis at a time: [n] -> [n, 1] -> [n, stride] -> [n * stride].
    let spread = dy;
    attributes.strides.forEach((stride, axis) => {
      if (stride === 1) return;
      const split = spread.dims.flatMap((dim, i) => (i === axis ? [dim, 1] : [dim]));
      const zeros = split.flatMap((_, i) => (i === axis + 1 ? [0, stride - 1] : [0, 0]));
      const joined = spread.dims.map((dim, i) => (i === axis ? dim * stride : dim));
      spread = b.reshape(b.pad(b.reshape(spread, split), zeros), joined);
    });
    // The zeros after the last element may stick out of the input: cut them off before padding to its size.
    const kept = x.dims.map((dim, i) => (dim < 0 ? dim : Math.min(dimOf(spread, i), dim - (attributes.begin[i] ?? 0))));
    const inside = sameDims(kept, spread.dims)
      ? spread
      : b.slice(
          spread,
          kept.map(() => 0),
          kept,
        );
    const pads = x.dims.flatMap((dim, i) => {
      const begin = attributes.begin[i] ?? 0;
      return dim < 0 ? [0, 0] : [begin, dim - begin - (kept[i] ?? 0)];
    });
    return [b.pad(inside, pads)];
  },
});

/** `pads` is before and after for each axis in turn; the batch cannot be padded. */
export const pad = definePrimitive({
  name: 'pad',
  infer(
    [x]: readonly [x: Value],
    { pads }: { readonly pads: readonly number[]; readonly value: number },
  ): readonly [TensorSpec] {
    demand(
      pads.length === 2 * x.dims.length && pads.every((count) => count >= 0),
      `pads ${pads.join(', ')} for ${formatDims(x.dims)}`,
    );
    const dims = x.dims.map((dim, i) => {
      const total = (pads[2 * i] ?? 0) + (pads[2 * i + 1] ?? 0);
      demand(dim > 0 || total === 0, 'the batch cannot be padded');
      return dim + total;
    });
    return [{ dims, dtype: x.dtype }];
  },
  gradient({ builder, inputs: [x], attributes: { pads }, outputGradients: [dy] }) {
    return [
      dy &&
        builder.slice(
          dy,
          x.dims.map((_, i) => pads[2 * i] ?? 0),
          x.dims,
        ),
    ];
  },
});

export const broadcastTo = definePrimitive({
  name: 'broadcastTo',
  infer([x]: readonly [x: Value], { dims }: { readonly dims: Dims }): readonly [TensorSpec] {
    demand(
      sameDims(broadcastDims(x.dims, dims), dims),
      `${formatDims(x.dims)} does not broadcast to ${formatDims(dims)}`,
    );
    return [{ dims, dtype: x.dtype }];
  },
  gradient({ builder, inputs: [x], outputGradients: [dy] }) {
    return [dy && builder.sumTo(dy, x.dims)];
  },
});

/**
 * Slices of the table along an axis, one for each index; the axis is replaced by the dims of the indices. Of the batch, only
 * as many samples as it has, which gives no gradient.
 */
export const gather = definePrimitive({
  name: 'gather',
  infer(
    [table, indices]: readonly [table: Value, indices: Value],
    { axis }: { readonly axis: number },
  ): readonly [TensorSpec] {
    demand(indices.dtype === 'int32', `indices are int32, got ${indices.dtype}`);
    const permutes = indices.dims.length === 1 && indices.dims[0] === table.dims[axis];
    demand(dimOf(table, axis) > 0 || permutes, 'the batch axis can only be gathered along by a batch of indices');
    return [
      { dims: [...table.dims.slice(0, axis), ...indices.dims, ...table.dims.slice(axis + 1)], dtype: table.dtype },
    ];
  },
  gradient({ builder: b, inputs: [table, indices], attributes: { axis }, outputGradients: [dy], wanted }) {
    if (dy === undefined || !wanted(0)) return [];
    const [depth, before, after] = [
      dimOf(table, axis),
      productOf(table.dims.slice(0, axis)),
      productOf(table.dims.slice(axis + 1)),
    ];
    if (depth < 0) throw new Error('Samples gathered from a batch have no gradient');
    const picks = productOf(indices.dims);
    const flat = b.reshape(indices, [picks]);
    if (before === 1) return [b.reshape(b.unsortedSegmentSum(b.reshape(dy, [picks, after]), flat, depth), table.dims)];
    // Rows are added along the first axis: [before, picks, after] -> [picks, before, after] -> [depth, ...].
    const rows = b.transpose(b.reshape(dy, [before, picks, after]), [1, 0, 2]);
    return [b.reshape(b.transpose(b.unsortedSegmentSum(rows, flat, depth), [1, 0, 2]), table.dims)];
  },
});

/** Adds up the rows (slices along the first axis) of `x` that have the same segment number; a segment without rows is 0. */
export const unsortedSegmentSum = definePrimitive({
  name: 'unsortedSegmentSum',
  infer(
    [x, segments]: readonly [x: Value, segments: Value],
    { count }: { readonly count: number },
  ): readonly [TensorSpec] {
    demand(
      segments.dtype === 'int32' && segments.dims.length === 1 && segments.dims[0] === x.dims[0] && count >= 1,
      `${formatDims(x.dims)} needs one int32 segment a row, got ${segments.dtype} ${formatDims(segments.dims)}`,
    );
    return [{ dims: [count, ...x.dims.slice(1)], dtype: x.dtype }];
  },
  gradient({ builder, inputs: [, segments], outputGradients: [dy] }) {
    return [dy && builder.gather(dy, segments)];
  },
});

/** 1 at each index along a new last axis, 0 elsewhere; an index outside gives zeros. */
export const oneHot = definePrimitive({
  name: 'oneHot',
  infer([indices]: readonly [indices: Value], { depth }: { readonly depth: number }): readonly [TensorSpec] {
    demand(indices.dtype === 'int32' && depth >= 1, `indices are int32, got ${indices.dtype}; depth ${depth}`);
    return [{ dims: [...indices.dims, depth], dtype: 'float32' }];
  },
  stopsGradient: true,
});
