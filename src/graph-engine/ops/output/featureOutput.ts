import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const featureOutput = defineOp({
  type: 'featureOutput',
  version: 1,
  family: 'output',
  documentation: {
    title: 'Feature output',
    shortName: 'features',
    summary:
      'Gives a value out as it is, such as what an encoder makes of its input. It has no loss: a network with only such outputs predicts and exports but does not learn.',
    keywords: ['encoder', 'embedding', 'hidden state', 'pooler', 'no loss'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['features'],
  infer: ({ inputs: { input } }) => ok({ features: input }),
  lower: ({ inputs }) => ({ features: inputs.input }),
  exportOnnx: (context) => ({ features: context.inputs.input }),
  vectors: [
    {
      name: 'the value stays as it is',
      parameters: {},
      inputs: { input: { dims: [1, 3], data: [1, -2, 3] } },
      output: { dims: [1, 3], data: [1, -2, 3] },
      mode: 'inference',
    },
  ],
});
