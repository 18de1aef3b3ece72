import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectSpatial, spatialAxes } from '../../core/expectSpatial.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { streamOf } from '../../random/streamOf.ts';

export const spatialDropout = defineOp({
  type: 'spatialDropout',
  version: 1,
  family: 'regularization',
  documentation: {
    title: 'Spatial dropout',
    shortName: 'dropout',
    summary:
      'While training, sets whole random channels (or features of a sequence) to zero and scales up the rest. Prediction passes everything.',
    formula: 'y = x · mask[channel] / (1 − rate)',
    source: 'Tompson et al. 2015, arXiv 1411.4280',
    keywords: ['dropout2d', 'dropout1d', 'channel', 'regularization'],
  },
  parameters: z.strictObject({
    rate: z.number().min(0).max(0.99).default(0.2).describe('Share of channels set to zero.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs }) {
    const spatial = expectSpatial(inputs.input, 'input', 'Spatial dropout');
    return spatial.ok ? ok({ output: inputs.input }) : spatial;
  },
  lower({ builder, parameters: { rate }, inputs: { input }, types, mode, seed, path }) {
    if (mode === 'inference' || rate === 0 || seed === undefined) return { output: input };
    const dims = [-1, ...spatialAxes(types.input).map(() => 1), input.dims.at(-1) ?? 1];
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
      inputs: { input: { dims: [1, 1, 1, 2], data: [1, 2] } },
      output: { dims: [1, 1, 1, 2], data: [1, 2] },
      mode: 'inference',
    },
    {
      name: 'prediction passes every feature of a sequence',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2], data: [1, 2, 3, 4] } },
      output: { dims: [1, 2, 2], data: [1, 2, 3, 4] },
      mode: 'inference',
    },
  ],
});
