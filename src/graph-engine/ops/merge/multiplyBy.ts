import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const multiplyBy = defineOp({
  type: 'multiplyBy',
  version: 1,
  family: 'merge',
  documentation: {
    title: 'Constant factor',
    shortName: 'factor',
    summary:
      'Multiplies by a number that is not learned, such as the half step of a Conformer or the damping of a branch.',
    formula: 'y = c · x',
    source: 'Gulati et al. 2020, arXiv 2005.08100; Szegedy et al. 2016, arXiv 1602.07261, for damped branches',
    keywords: ['half', 'constant', 'damping', 'scale', 'weight', 'multiply'],
  },
  parameters: z.strictObject({
    factor: z.number().min(-1000).max(1000).default(0.5).describe('What everything is multiplied by.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, parameters, inputs }) => ({
    output: builder.multiply(inputs.input, builder.scalar(parameters.factor)),
  }),
  exportOnnx: (context) => ({
    output: context.node('Mul', [context.inputs.input, context.float('factor', [context.parameters.factor], [])]),
  }),
  vectors: [
    {
      name: 'half',
      parameters: {},
      inputs: { input: { dims: [1, 3], data: [1, -2, 3] } },
      output: { dims: [1, 3], data: [0.5, -1, 1.5] },
    },
  ],
});
