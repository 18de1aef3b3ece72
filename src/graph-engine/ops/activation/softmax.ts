import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const softmax = defineOp({
  type: 'softmax',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'Softmax',
    summary:
      'Turns scores into probabilities that sum to one. A classification output has its own; do not put one before it.',
    formula: 'y[i] = exp(x[i]) / Σ exp(x[j])',
    keywords: ['probabilities'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, inputs }) => ({ output: builder.softmax(inputs.input) }),
  // Channels are the last axis here and axis 1 in ONNX, which for vectors is the same.
  exportOnnx: (context) => ({
    output: context.node('Softmax', [context.inputs.input], { axis: context.types.input.axes.length === 3 ? 1 : -1 }),
  }),
  vectors: [
    {
      name: 'scores of equal and of different size',
      parameters: {},
      inputs: { input: { dims: [2, 2], data: [1, 1, 0, Math.log(3)] } },
      output: { dims: [2, 2], data: [0.5, 0.5, 0.25, 0.75] },
    },
  ],
});
