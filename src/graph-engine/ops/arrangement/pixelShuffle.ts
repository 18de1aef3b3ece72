import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { image } from '../../core/shape.ts';

export const pixelShuffle = defineOp({
  type: 'pixelShuffle',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Pixel shuffle',
    shortName: 'shuffle',
    summary: 'Turns groups of channels into pixels: an image of fewer channels that is larger by the factor.',
    source: 'Shi et al. 2016, arXiv 1609.05158',
    keywords: ['depth to space', 'super-resolution', 'upsample', 'sub-pixel'],
  },
  parameters: z.strictObject({
    factor: z
      .int()
      .min(1)
      .max(64)
      .default(2)
      .describe('How much larger the image becomes; channels shrink by its square.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { factor }, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Pixel shuffle');
    if (!sizes.ok) return sizes;
    const { height, width, channels } = sizes.value;
    if (channels !== null && channels % factor ** 2 !== 0) {
      return fail({
        code: 'shape/pixel-shuffle',
        port: 'input',
        message: `${channels} channels cannot be shared out over ${factor}×${factor} pixels.`,
        expected: `a multiple of ${factor ** 2} channels`,
        received: String(channels),
      });
    }
    const times = (size: number | null): number | null => (size === null ? null : size * factor);
    return ok({ output: image(times(height), times(width), channels === null ? null : channels / factor ** 2) });
  },
  lower({ builder, parameters: { factor }, inputs: { input } }) {
    const [, height = 1, width = 1, channels = 1] = input.dims;
    const left = channels / factor ** 2;
    // A channel counts (colour, row, column), as in PyTorch.
    const apart = builder.reshape(input, [-1, height, width, left, factor, factor]);
    const sorted = builder.transpose(apart, [0, 1, 4, 2, 5, 3]);
    return { output: builder.reshape(sorted, [-1, height * factor, width * factor, left]) };
  },
  exportOnnx: (context) => ({
    output: context.node('DepthToSpace', [context.inputs.input], {
      blocksize: context.parameters.factor,
      mode: 'CRD',
    }),
  }),
  vectors: [
    {
      name: 'eight channels of one pixel to two of four',
      parameters: {},
      inputs: { input: { dims: [1, 1, 1, 8], data: [1, 2, 3, 4, 5, 6, 7, 8] } },
      output: { dims: [1, 2, 2, 2], data: [1, 5, 2, 6, 3, 7, 4, 8] },
    },
  ],
});
