import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { compatible, formatShape, type TensorType } from '../../core/shape.ts';

/** The better known of two compatible types. */
function merge(a: TensorType, b: TensorType): TensorType {
  return { ...a, axes: a.axes.map((axis, i) => ({ ...axis, size: axis.size ?? b.axes[i]?.size ?? null })) };
}

export const add = defineOp({
  type: 'add',
  version: 1,
  family: 'merge',
  documentation: {
    title: 'Add',
    summary:
      'Adds two values of equal shape, element by element. With a skip on one side it closes a residual connection.',
    formula: 'y = a + b',
    source: 'He et al. 2015, arXiv 1512.03385',
    keywords: ['residual', 'skip', 'shortcut', 'sum', 'plus'],
  },
  parameters: z.strictObject({}),
  inputs: ['a', 'b'],
  outputs: ['output'],
  infer({ inputs: { a, b } }) {
    if (compatible(a, b)) return ok({ output: merge(a, b) });
    return fail({
      code: 'shape/add-mismatch',
      port: 'b',
      message: `Add needs two equal shapes, but ${formatShape(a)} and ${formatShape(b)} come in.`,
      expected: formatShape(a),
      received: formatShape(b),
    });
  },
  lower: ({ builder, inputs }) => ({ output: builder.add(inputs.a, inputs.b) }),
  exportOnnx: (context) => ({ output: context.node('Add', [context.inputs.a, context.inputs.b]) }),
  vectors: [
    {
      name: 'two vectors',
      parameters: {},
      inputs: { a: { dims: [1, 3], data: [1, 2, 3] }, b: { dims: [1, 3], data: [10, 20, 30] } },
      output: { dims: [1, 3], data: [11, 22, 33] },
    },
  ],
});
