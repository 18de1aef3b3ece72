import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { pair } from '../../core/parameterSchemas.ts';
import { image } from '../../core/shape.ts';

export const upsampling2d = defineOp({
  type: 'upsampling2d',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Upsampling',
    shortName: 'upsample',
    summary: 'Repeats every pixel, so that the image becomes larger by whole factors.',
    keywords: ['nearest', 'resize', 'enlarge', 'u-net', 'decoder'],
  },
  parameters: z.strictObject({
    factor: pair(1).default([2, 2]).describe('How often each pixel is repeated along height and width.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { factor }, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Upsampling');
    if (!sizes.ok) return sizes;
    const { height, width, channels } = sizes.value;
    const times = (size: number | null, count: number): number | null => (size === null ? null : size * count);
    return ok({ output: image(times(height, factor[0]), times(width, factor[1]), channels) });
  },
  lower({ builder, parameters: { factor }, inputs: { input } }) {
    const [, height = 1, width = 1, channels = 1] = input.dims;
    const apart = builder.reshape(input, [-1, height, 1, width, 1, channels]);
    const repeated = builder.broadcastTo(apart, [-1, height, factor[0], width, factor[1], channels]);
    return { output: builder.reshape(repeated, [-1, height * factor[0], width * factor[1], channels]) };
  },
  exportOnnx(context) {
    const scales = context.float('scales', [1, 1, ...context.parameters.factor], [4]);
    const output = context.node('Resize', [context.inputs.input, '', scales], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
    return { output };
  },
  vectors: [
    {
      name: 'twice along height, three times along width',
      parameters: { factor: [2, 3] },
      inputs: { input: { dims: [1, 1, 2, 1], data: [5, 7] } },
      output: { dims: [1, 2, 6, 1], data: [5, 5, 5, 7, 7, 7, 5, 5, 5, 7, 7, 7] },
    },
  ],
});
