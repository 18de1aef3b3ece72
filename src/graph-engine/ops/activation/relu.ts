import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const relu = defineOp({
  type: 'relu',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'ReLU',
    summary: 'Keeps what is positive and sets the rest to zero.',
    formula: 'y = max(0, x)',
    source: 'Nair and Hinton 2010',
    keywords: ['activation', 'rectifier', 'nonlinearity'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  rectifies: true,
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, inputs }) => ({ output: builder.relu(inputs.input) }),
  exportOnnx: (context) => ({ output: context.node('Relu', [context.inputs.input]) }),
  vectors: [
    {
      name: 'negative, zero and positive',
      parameters: {},
      inputs: { input: { dims: [1, 4], data: [-2, 0, 0.5, 3] } },
      output: { dims: [1, 4], data: [0, 0, 0.5, 3] },
    },
  ],
});
