import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const leakyRelu = defineOp({
  type: 'leakyRelu',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'Leaky ReLU',
    summary: 'Like ReLU, but lets a small share of negative values through, so no unit dies.',
    formula: 'y = x for x > 0, else slope · x',
    source: 'Maas et al. 2013',
    keywords: ['rectifier'],
  },
  parameters: z.strictObject({
    slope: z.number().min(0).max(1).default(0.01).describe('Share of negative values that passes.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower({ builder, parameters, inputs: { input } }) {
    // For slopes up to one the larger of the two lines is the function.
    return { output: builder.maximum(input, builder.multiply(input, builder.scalar(parameters.slope))) };
  },
  exportOnnx: (context) => ({
    output: context.node('LeakyRelu', [context.inputs.input], { alpha: { float: context.parameters.slope } }),
  }),
  vectors: [
    {
      name: 'slope 0.1',
      parameters: { slope: 0.1 },
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [-0.2, -0.05, 0.0, 1, 3] },
    },
  ],
});
