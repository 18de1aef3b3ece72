import { z } from 'zod';
import { defineOp } from '../../core/opDefinition.ts';
import { elementwiseType } from './elementwise.ts';

export const multiply = defineOp({
  type: 'multiply',
  version: 1,
  family: 'merge',
  documentation: {
    title: 'Multiply',
    summary: 'Multiplies two values of equal shape, element by element; one of them is often a gate between 0 and 1.',
    formula: 'y = a · b',
    keywords: ['gate', 'product', 'highway'],
  },
  parameters: z.strictObject({}),
  inputs: ['a', 'b'],
  outputs: ['output'],
  infer: ({ inputs: { a, b } }) => elementwiseType('Multiply', a, b),
  lower: ({ builder, inputs }) => ({ output: builder.multiply(inputs.a, inputs.b) }),
  exportOnnx: (context) => ({ output: context.node('Mul', [context.inputs.a, context.inputs.b]) }),
  vectors: [
    {
      name: 'two vectors',
      parameters: {},
      inputs: { a: { dims: [1, 3], data: [1, 2, 3] }, b: { dims: [1, 3], data: [10, 20, 30] } },
      output: { dims: [1, 3], data: [10, 40, 90] },
    },
  ],
});
