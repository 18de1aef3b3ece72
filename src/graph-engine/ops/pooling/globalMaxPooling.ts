import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { features } from '../../core/shape.ts';

export const globalMaxPooling = defineOp({
  type: 'globalMaxPooling',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Global max pooling',
    shortName: 'maxPool',
    summary: 'Keeps the largest value of each channel over the whole image: one number a channel, whatever the size.',
    keywords: ['global', 'maximum'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Global max pooling');
    return sizes.ok ? ok({ output: features(sizes.value.channels) }) : sizes;
  },
  lower: ({ builder, inputs }) => ({ output: builder.reduceMax(inputs.input, [1, 2]) }),
  exportOnnx(context) {
    const pooled = context.node('GlobalMaxPool', [context.inputs.input], {}, `${context.path}/pool`);
    return { output: context.node('Flatten', [pooled], { axis: 1 }) };
  },
  vectors: [
    {
      name: 'two channels of a 2x2 image, one all negative',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2, 2], data: [1, -10, 2, -20, 3, -30, 6, -40] } },
      output: { dims: [1, 2], data: [6, -10] },
    },
  ],
});
