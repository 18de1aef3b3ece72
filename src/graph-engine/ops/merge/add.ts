import { z } from 'zod';
import { defineOp } from '../../core/opDefinition.ts';
import { elementwiseType } from './elementwise.ts';

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
  infer: ({ inputs: { a, b } }) => elementwiseType('Add', a, b),
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
