import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const elu = defineOp({
  type: 'elu',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'ELU',
    summary: 'Like ReLU for positive values; negative ones bend smoothly towards −α.',
    formula: 'y = x for x > 0, else α · (exp(x) − 1)',
    source: 'Clevert et al. 2015, arXiv 1511.07289',
    keywords: ['exponential'],
  },
  parameters: z.strictObject({
    alpha: z.number().min(0).max(10).default(1).describe('What very negative values approach, without its sign.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower({ builder, parameters, inputs: { input } }) {
    // Only the negative part enters the exponential, so large values cannot overflow in the branch that is not taken.
    const bent = builder.subtract(builder.exp(builder.minimum(input, builder.scalar(0))), builder.scalar(1));
    return { output: builder.add(builder.relu(input), builder.multiply(bent, builder.scalar(parameters.alpha))) };
  },
  exportOnnx: (context) => ({
    output: context.node('Elu', [context.inputs.input], { alpha: { float: context.parameters.alpha } }),
  }),
  vectors: [
    {
      name: 'alpha 1',
      parameters: {},
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [-0.86466472, -0.39346934, 0.0, 1, 3] },
    },
  ],
});
