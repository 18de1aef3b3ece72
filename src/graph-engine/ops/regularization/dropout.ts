import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { dropValues } from './dropValues.ts';

export const dropout = defineOp({
  type: 'dropout',
  version: 1,
  family: 'regularization',
  documentation: {
    title: 'Dropout',
    summary:
      'While training, sets a random share of the values to zero and scales up the rest. Prediction passes everything.',
    formula: 'y = x · mask / (1 − rate)',
    source: 'Srivastava et al. 2014',
    keywords: ['regularization', 'noise'],
  },
  parameters: z.strictObject({
    rate: z.number().min(0).max(0.99).default(0.5).describe('Share of values set to zero.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, parameters: { rate }, inputs, mode, seed, path }) => ({
    output: dropValues(builder, inputs.input, rate, { mode, seed }, path),
  }),
  // Prediction passes everything, so the exported network has no node for it.
  exportOnnx: (context) => ({ output: context.inputs.input }),
  vectors: [
    {
      name: 'prediction passes everything',
      parameters: {},
      inputs: { input: { dims: [1, 2], data: [1, 2] } },
      output: { dims: [1, 2], data: [1, 2] },
      mode: 'inference',
    },
  ],
});
