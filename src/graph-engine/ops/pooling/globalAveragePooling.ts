import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { features } from '../../core/shape.ts';

export const globalAveragePooling = defineOp({
  type: 'globalAveragePooling',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Global average pooling',
    shortName: 'pool',
    summary: 'Averages each channel over the whole image: one number a channel, whatever the size.',
    source: 'Lin et al. 2013, arXiv 1312.4400',
    keywords: ['gap', 'global', 'mean'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Global average pooling');
    return sizes.ok ? ok({ output: features(sizes.value.channels) }) : sizes;
  },
  lower: ({ builder, inputs }) => ({ output: builder.reduceMean(inputs.input, [1, 2]) }),
  exportOnnx(context) {
    const pooled = context.node('GlobalAveragePool', [context.inputs.input], {}, `${context.path}/pool`);
    return { output: context.node('Flatten', [pooled], { axis: 1 }) };
  },
  vectors: [
    {
      name: 'two channels of a 2x2 image',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2, 2], data: [1, 10, 2, 20, 3, 30, 6, 40] } },
      output: { dims: [1, 2], data: [3, 25] },
    },
  ],
});
