import { flag, type } from '../attributes.ts';
import type { EmitContext, Emitters, GraphTensor } from '../emitContext.ts';

const reduce =
  (op: string) =>
  (
    c: EmitContext,
    [x]: readonly [GraphTensor],
    { axes, keepDims }: { readonly axes: readonly number[]; readonly keepDims: boolean },
  ): readonly [string] => [
    c.node(op, [x.ref, c.integers(axes)], { T: type(x.dtype), Tidx: type('int32'), keep_dims: flag(keepDims) }),
  ];

export const reduction = {
  reduceSum: reduce('Sum'),
  reduceMean: reduce('Mean'),
  reduceMax: reduce('Max'),
  l2Loss: (c, [x]) => [c.node('L2Loss', [x.ref], { T: type(x.dtype) })],
  argMax: (c, [x], { axis }) => [
    c.node('ArgMax', [x.ref, c.integer(axis)], { T: type(x.dtype), Tidx: type('int32'), output_type: type('int32') }),
  ],
} satisfies Emitters<'reduceSum' | 'reduceMean' | 'reduceMax' | 'l2Loss' | 'argMax'>;
