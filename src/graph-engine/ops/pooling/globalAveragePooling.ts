import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectSpatial, spatialAxes } from '../../core/expectSpatial.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { features, isSequence } from '../../core/shape.ts';

export const globalAveragePooling = defineOp({
  type: 'globalAveragePooling',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Global average pooling',
    shortName: 'pool',
    summary: 'Averages each channel over the whole image or sequence: one number a channel, whatever the size.',
    formula: 'y[c] = mean over all positions of x[…, c]',
    source: 'Lin et al. 2013, arXiv 1312.4400',
    keywords: ['gap', 'global', 'mean'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs }) {
    const spatial = expectSpatial(inputs.input, 'input', 'Global average pooling');
    return spatial.ok ? ok({ output: features(spatial.value.channels) }) : spatial;
  },
  lower: ({ builder, inputs, types }) => ({
    output: builder.reduceMean(inputs.input, spatialAxes(types.input)),
  }),
  exportOnnx(context) {
    const name = (part: string): string => `${context.path}/${part}`;
    // Features come before positions there, as channels before pixels do.
    const x = isSequence(context.types.input)
      ? context.node('Transpose', [context.inputs.input], { perm: [0, 2, 1] }, name('featuresFirst'))
      : context.inputs.input;
    const pooled = context.node('GlobalAveragePool', [x], {}, name('pool'));
    return { output: context.node('Flatten', [pooled], { axis: 1 }) };
  },
  vectors: [
    {
      name: 'two channels of a 2x2 image',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2, 2], data: [1, 10, 2, 20, 3, 30, 6, 40] } },
      output: { dims: [1, 2], data: [3, 25] },
    },
    {
      name: 'three features of a sequence of four',
      parameters: {},
      inputs: {
        input: {
          dims: [2, 4, 3],
          data: [-2, -4, 0, 0, 2, 1, 2, 1, 0, -3, 3, 3, 1, -3, -4, -3, -3, -1, 2, -2, 2, 2, 0, -4],
        },
      },
      output: { dims: [2, 3], data: [-0.75, 0.5, 1, 0.5, -2, -1.75] },
    },
  ],
});
