import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const silu = defineOp({
  type: 'silu',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'SiLU',
    summary: 'Multiplies each value by its own sigmoid: a smooth ReLU, also called swish.',
    formula: 'y = x · sigmoid(x)',
    source: 'Elfwing et al. 2017, arXiv 1702.03118',
    keywords: ['swish'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, inputs: { input } }) => ({ output: builder.multiply(input, builder.sigmoid(input)) }),
  exportOnnx(context) {
    const gate = context.node('Sigmoid', [context.inputs.input], {}, `${context.path}/sigmoid`);
    return { output: context.node('Mul', [context.inputs.input, gate]) };
  },
  vectors: [
    {
      name: 'both signs',
      parameters: {},
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [-0.23840584, -0.18877033, 0.0, 0.73105858, 2.85772238] },
    },
  ],
});
