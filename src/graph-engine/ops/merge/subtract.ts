import { z } from 'zod';
import { defineOp } from '../../core/opDefinition.ts';
import { elementwiseType } from './elementwise.ts';

export const subtract = defineOp({
  type: 'subtract',
  version: 1,
  family: 'merge',
  documentation: {
    title: 'Subtract',
    summary: 'Subtracts the second value from the first, element by element.',
    formula: 'y = a − b',
    keywords: ['difference', 'minus'],
  },
  parameters: z.strictObject({}),
  inputs: ['a', 'b'],
  outputs: ['output'],
  infer: ({ inputs: { a, b } }) => elementwiseType('Subtract', a, b),
  lower: ({ builder, inputs }) => ({ output: builder.subtract(inputs.a, inputs.b) }),
  exportOnnx: (context) => ({ output: context.node('Sub', [context.inputs.a, context.inputs.b]) }),
  vectors: [
    {
      name: 'two vectors',
      parameters: {},
      inputs: { a: { dims: [1, 3], data: [1, 2, 3] }, b: { dims: [1, 3], data: [10, 20, 30] } },
      output: { dims: [1, 3], data: [-9, -18, -27] },
    },
  ],
});
