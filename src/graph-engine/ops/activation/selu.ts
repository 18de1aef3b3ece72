import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

/** The constants of the paper, section 2. */
const ALPHA = 1.6732632423543772;
const LAMBDA = 1.0507009873554805;

export const selu = defineOp({
  type: 'selu',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'SELU',
    summary: 'A scaled ELU whose outputs keep mean 0 and variance 1 by themselves in deep plain networks.',
    formula: 'y = λ · (x for x > 0, else α · (exp(x) − 1))',
    source: 'Klambauer et al. 2017, arXiv 1706.02515',
    keywords: ['self-normalizing'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower({ builder, inputs: { input } }) {
    const bent = builder.subtract(builder.exp(builder.minimum(input, builder.scalar(0))), builder.scalar(1));
    const elu = builder.add(builder.relu(input), builder.multiply(bent, builder.scalar(ALPHA)));
    return { output: builder.multiply(elu, builder.scalar(LAMBDA)) };
  },
  exportOnnx: (context) => ({
    output: context.node('Selu', [context.inputs.input], { alpha: { float: ALPHA }, gamma: { float: LAMBDA } }),
  }),
  vectors: [
    {
      name: 'both signs',
      parameters: {},
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [-1.52016647, -0.69175819, 0.0, 1.05070099, 3.15210296] },
    },
  ],
});
