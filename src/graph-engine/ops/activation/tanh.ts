import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const tanh = defineOp({
  type: 'tanh',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'Tanh',
    summary: 'Squeezes every value into −1 to 1.',
    formula: 'y = tanh(x)',
    keywords: ['hyperbolic'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, inputs }) => ({ output: builder.tanh(inputs.input) }),
  exportOnnx: (context) => ({ output: context.node('Tanh', [context.inputs.input]) }),
  vectors: [
    {
      name: 'both signs',
      parameters: {},
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [-0.96402758, -0.46211716, 0.0, 0.76159416, 0.99505475] },
    },
  ],
});
