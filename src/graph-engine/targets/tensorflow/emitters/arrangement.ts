import { integer, type } from '../attributes.ts';
import type { Emitters } from '../emitContext.ts';

const INDEX = type('int32');

/** A bit for each axis that is taken whole. */
function wholeAxes(begin: readonly number[], end: readonly number[]): number {
  return begin.reduce((mask, from, axis) => (from === 0 && end[axis] === 0 ? mask | (1 << axis) : mask), 0);
}

export const arrangement = {
  reshape: (c, [x], { dims }) => {
    const symbolic = dims.filter((dim) => dim < 0).length;
    const sizes = symbolic > 1 ? c.shapeOf(dims) : c.integers(dims.map((dim) => Math.max(dim, -1)));
    return [c.node('Reshape', [x.ref, sizes], { T: type(x.dtype), Tshape: INDEX })];
  },
  transpose: (c, [x], { permutation }) => [
    c.node('Transpose', [x.ref, c.integers(permutation)], { T: type(x.dtype), Tperm: INDEX }),
  ],
  pack: (c, scalars) => [
    c.node(
      'Pack',
      scalars.map(({ ref }) => ref),
      {
        N: integer(scalars.length),
        T: type(scalars[0]?.dtype ?? 'float32'),
        axis: integer(0),
      },
    ),
  ],
  concat: (c, inputs, { axis }) => {
    const [first] = inputs;
    if (first === undefined) throw new Error('Nothing to concatenate');
    // TensorFlow's op wants two at least.
    if (inputs.length === 1) return [first.ref];
    return [
      c.node('ConcatV2', [...inputs.map(({ ref }) => ref), c.integer(axis)], {
        N: integer(inputs.length),
        T: type(first.dtype),
        Tidx: INDEX,
      }),
    ];
  },
  split: (c, [x], { axis, sizes }) => {
    const node = c.node('SplitV', [x.ref, c.integers(sizes), c.integer(axis)], {
      T: type(x.dtype),
      Tlen: INDEX,
      num_split: integer(sizes.length),
    });
    return sizes.map((_, i) => (i === 0 ? node : `${node}:${i}`));
  },
  slice: (c, [x], { begin, size }) => [
    c.node('Slice', [x.ref, c.integers(begin), c.integers(size.map((length) => Math.max(length, -1)))], {
      T: type(x.dtype),
      Index: INDEX,
    }),
  ],
  stridedSlice: (c, [x], { begin, end, strides }) => [
    c.node('StridedSlice', [x.ref, c.integers(begin), c.integers(end), c.integers(strides)], {
      T: type(x.dtype),
      Index: INDEX,
      begin_mask: integer(wholeAxes(begin, end)),
      end_mask: integer(wholeAxes(begin, end)),
    }),
  ],
  pad: (c, [x], { pads, value }) => {
    const attributes = { T: type(x.dtype), Tpaddings: INDEX };
    const amounts = c.values(pads, [x.dims.length, 2], 'int32');
    return value === 0
      ? [c.node('Pad', [x.ref, amounts], attributes)]
      : [c.node('PadV2', [x.ref, amounts, c.values([value], [], x.dtype)], attributes)];
  },
  broadcastTo: (c, [x], { dims }) => [
    c.node('BroadcastTo', [x.ref, c.shapeOf(dims)], { T: type(x.dtype), Tidx: INDEX }),
  ],
  gather: (c, [table, indices], { axis }) => [
    c.node('GatherV2', [table.ref, indices.ref, c.integer(axis)], {
      Tparams: type(table.dtype),
      Tindices: INDEX,
      Taxis: INDEX,
    }),
  ],
  unsortedSegmentSum: (c, [x, segments], { count }) => [
    c.node('UnsortedSegmentSum', [x.ref, segments.ref, c.integer(count)], {
      T: type(x.dtype),
      Tindices: INDEX,
      Tnumsegments: INDEX,
    }),
  ],
  oneHot: (c, [indices], { depth }) => [
    c.node('OneHot', [indices.ref, c.integer(depth), c.float(1), c.float(0)], {
      T: type('float32'),
      TI: INDEX,
      axis: integer(-1),
    }),
  ],
} satisfies Emitters<
  | 'reshape'
  | 'transpose'
  | 'concat'
  | 'pack'
  | 'split'
  | 'slice'
  | 'stridedSlice'
  | 'pad'
  | 'broadcastTo'
  | 'gather'
  | 'unsortedSegmentSum'
  | 'oneHot'
>;
