import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { compatible, formatShape, isImage, lastAxis, withLastSize } from '../../core/shape.ts';

export const concatenate = defineOp({
  type: 'concatenate',
  version: 1,
  family: 'merge',
  documentation: {
    title: 'Concatenate',
    summary:
      'Puts the channels (or features) of two values one after the other: the connection of dense blocks and U-Nets.',
    formula: 'y = [a, b] along the last axis',
    source: 'Huang et al. 2017, arXiv 1608.06993',
    keywords: ['concat', 'join', 'densenet', 'u-net', 'skip'],
  },
  parameters: z.strictObject({}),
  inputs: ['a', 'b'],
  outputs: ['output'],
  infer({ inputs: { a, b } }) {
    const [sizeA, sizeB] = [lastAxis(a)?.size ?? null, lastAxis(b)?.size ?? null];
    if (a.axes.length === 0 || !compatible(withLastSize(a, null), withLastSize(b, null))) {
      return fail({
        code: 'shape/concatenate-mismatch',
        port: 'b',
        message: `Concatenate needs shapes that differ only in the last size, but ${formatShape(a)} and ${formatShape(b)} come in.`,
        expected: formatShape(withLastSize(a, null)),
        received: formatShape(b),
      });
    }
    const axes = a.axes.map((axis, i) => ({ ...axis, size: axis.size ?? b.axes[i]?.size ?? null }));
    return ok({ output: withLastSize({ ...a, axes }, sizeA === null || sizeB === null ? null : sizeA + sizeB) });
  },
  lower: ({ builder, inputs }) => ({ output: builder.concat([inputs.a, inputs.b], inputs.a.dims.length - 1) }),
  exportOnnx: (context) => ({
    output: context.node('Concat', [context.inputs.a, context.inputs.b], { axis: isImage(context.types.a) ? 1 : -1 }),
  }),
  vectors: [
    {
      name: 'two images of one and two channels',
      parameters: {},
      inputs: { a: { dims: [1, 1, 2, 1], data: [1, 2] }, b: { dims: [1, 1, 2, 2], data: [10, 11, 20, 21] } },
      output: { dims: [1, 1, 2, 3], data: [1, 10, 11, 2, 20, 21] },
    },
  ],
});
