import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const sigmoid = defineOp({
  type: 'sigmoid',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'Sigmoid',
    summary: 'Squeezes every value into 0 to 1.',
    formula: 'y = 1 / (1 + exp(−x))',
    keywords: ['logistic', 'gate'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, inputs }) => ({ output: builder.sigmoid(inputs.input) }),
  exportOnnx: (context) => ({ output: context.node('Sigmoid', [context.inputs.input]) }),
  vectors: [
    {
      name: 'both signs',
      parameters: {},
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [0.11920292, 0.37754067, 0.5, 0.73105858, 0.95257413] },
    },
  ],
});
