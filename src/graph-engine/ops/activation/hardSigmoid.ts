import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const hardSigmoid = defineOp({
  type: 'hardSigmoid',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'Hard sigmoid',
    summary: 'A sigmoid made of three straight lines: cheap on phones.',
    formula: 'y = clip(x + 3, 0, 6) / 6',
    source: 'Howard et al. 2019, arXiv 1905.02244',
    keywords: ['mobile', 'gate'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower({ builder, inputs: { input } }) {
    const shifted = builder.relu(builder.add(input, builder.scalar(3)));
    return { output: builder.multiply(builder.minimum(shifted, builder.scalar(6)), builder.scalar(1 / 6)) };
  },
  exportOnnx: (context) => ({
    output: context.node('HardSigmoid', [context.inputs.input], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  }),
  vectors: [
    {
      name: 'all three pieces',
      parameters: {},
      inputs: { input: { dims: [1, 6], data: [-4, -1.5, 0, 1.5, 2.4, 7] } },
      output: { dims: [1, 6], data: [0, 0.25, 0.5, 0.75, 0.9, 1] },
    },
  ],
});
