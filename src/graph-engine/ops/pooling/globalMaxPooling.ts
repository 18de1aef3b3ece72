import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectSpatial, spatialAxes } from '../../core/expectSpatial.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { features, isSequence } from '../../core/shape.ts';

export const globalMaxPooling = defineOp({
  type: 'globalMaxPooling',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Global max pooling',
    shortName: 'maxPool',
    summary:
      'Keeps the largest value of each channel over the whole image or sequence: one number a channel, whatever the size.',
    formula: 'y[c] = max over all positions of x[…, c]',
    keywords: ['global', 'maximum'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs }) {
    const spatial = expectSpatial(inputs.input, 'input', 'Global max pooling');
    return spatial.ok ? ok({ output: features(spatial.value.channels) }) : spatial;
  },
  lower: ({ builder, inputs, types }) => ({
    output: builder.reduceMax(inputs.input, spatialAxes(types.input)),
  }),
  exportOnnx(context) {
    const name = (part: string): string => `${context.path}/${part}`;
    // Features come before positions there, as channels before pixels do.
    const x = isSequence(context.types.input)
      ? context.node('Transpose', [context.inputs.input], { perm: [0, 2, 1] }, name('featuresFirst'))
      : context.inputs.input;
    const pooled = context.node('GlobalMaxPool', [x], {}, name('pool'));
    return { output: context.node('Flatten', [pooled], { axis: 1 }) };
  },
  vectors: [
    {
      name: 'two channels of a 2x2 image, one all negative',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2, 2], data: [1, -10, 2, -20, 3, -30, 6, -40] } },
      output: { dims: [1, 2], data: [6, -10] },
    },
    {
      name: 'three features of a sequence of four',
      parameters: {},
      inputs: {
        input: {
          dims: [2, 4, 3],
          data: [2, 2, 3, -4, -1, -3, 1, -1, 0, 4, 1, -1, 1, -2, 4, 0, 4, 2, -3, -2, 1, -3, 0, -3],
        },
      },
      output: { dims: [2, 3], data: [4, 2, 3, 1, 4, 4] },
    },
  ],
});
