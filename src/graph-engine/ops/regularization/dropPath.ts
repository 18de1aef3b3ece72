import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { streamOf } from '../../random/streamOf.ts';

export const dropPath = defineOp({
  type: 'dropPath',
  version: 1,
  family: 'regularization',
  documentation: {
    title: 'Drop path',
    summary:
      'While training, drops the whole branch for a random share of the examples and scales up the rest: stochastic depth. Prediction passes everything.',
    formula: 'y = x · mask[example] / (1 − rate)',
    source: 'Huang et al. 2016, arXiv 1603.09382',
    keywords: ['stochastic depth', 'survival', 'residual'],
  },
  parameters: z.strictObject({
    rate: z
      .number()
      .min(0)
      .max(0.99)
      .default(0.1)
      .describe('Share of examples whose branch is dropped: 1 − survival probability.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower({ builder, parameters: { rate }, inputs: { input }, mode, seed, path }) {
    if (mode === 'inference' || rate === 0 || seed === undefined) return { output: input };
    const dims = [-1, ...input.dims.slice(1).map(() => 1)];
    const uniform = builder.randomUniform(seed, dims, streamOf(path), input);
    const mask = builder.greaterEqual(uniform, builder.scalar(rate));
    return { output: builder.multiply(input, builder.multiply(mask, builder.scalar(1 / (1 - rate)))) };
  },
  // Prediction passes everything, so the exported network has no node for it.
  exportOnnx: (context) => ({ output: context.inputs.input }),
  vectors: [
    {
      name: 'prediction passes everything',
      parameters: {},
      inputs: { input: { dims: [2, 2], data: [1, 2, 3, 4] } },
      output: { dims: [2, 2], data: [1, 2, 3, 4] },
      mode: 'inference',
    },
  ],
});
