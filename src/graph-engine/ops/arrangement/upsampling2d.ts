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
    summary:
      'Makes the image larger by whole factors: every pixel repeated, or a smooth transition from pixel to pixel.',
    formula:
      'nearest: y[i, j] = x[⌊i/f⌋, ⌊j/f⌋]; bilinear: y[i, j] mixes the four pixels around x[(i + ½)/f − ½, (j + ½)/f − ½]',
    source: "PyTorch's Upsample",
    keywords: ['nearest', 'bilinear', 'interpolation', 'resize', 'enlarge', 'u-net', 'decoder'],
  },
  parameters: z.strictObject({
    factor: pair(1).default([2, 2]).describe('How many times larger the image becomes along height and width.'),
    interpolation: z
      .enum(['nearest', 'bilinear'])
      .default('nearest')
      .describe('"nearest" repeats pixels, "bilinear" mixes the four around each place.'),
    alignCorners: z
      .boolean()
      .default(false)
      .describe('Bilinear only: puts the corner pixels of both images on one another instead of their areas.')
      .meta({ advanced: true }),
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
  receptiveField({ parameters: { factor, interpolation } }) {
    const extent = (times: number) => (interpolation === 'bilinear' && times > 1 ? 2 : 1);
    const reach = (axis: 0 | 1) => ({ extent: extent(factor[axis]), stride: 1 / factor[axis] });
    return [reach(0), reach(1)];
  },
  lower({ builder, parameters: { factor, interpolation, alignCorners }, inputs: { input } }) {
    const [, height = 1, width = 1, channels = 1] = input.dims;
    if (interpolation === 'bilinear') {
      return { output: builder.resizeBilinear(input, [height * factor[0], width * factor[1]], alignCorners) };
    }
    const apart = builder.reshape(input, [-1, height, 1, width, 1, channels]);
    const repeated = builder.broadcastTo(apart, [-1, height, factor[0], width, factor[1], channels]);
    return { output: builder.reshape(repeated, [-1, height * factor[0], width * factor[1], channels]) };
  },
  exportOnnx(context) {
    const scales = context.float('scales', [1, 1, ...context.parameters.factor], [4]);
    const { interpolation, alignCorners } = context.parameters;
    const attributes: Record<string, string> =
      interpolation === 'nearest'
        ? { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
        : { mode: 'linear', coordinate_transformation_mode: alignCorners ? 'align_corners' : 'half_pixel' };
    return { output: context.node('Resize', [context.inputs.input, '', scales], attributes) };
  },
  vectors: [
    {
      name: 'twice along height, three times along width',
      parameters: { factor: [2, 3] },
      inputs: { input: { dims: [1, 1, 2, 1], data: [5, 7] } },
      output: { dims: [1, 2, 6, 1], data: [5, 5, 5, 7, 7, 7, 5, 5, 5, 7, 7, 7] },
    },
    {
      name: 'bilinear, as PyTorch',
      parameters: { factor: [2, 3], interpolation: 'bilinear' },
      inputs: { input: { dims: [1, 2, 3, 2], data: [-4, 2, 0, 2, 1, -4, -4, 4, -1, -4, 4, 2] } },
      output: {
        dims: [1, 4, 9, 2],
        data: [
          -4, 2, -4, 2, -2.66666667, 2, -1.33333333, 2, 0, 2, 0.33333333, 0, 0.66666667, -2, 1, -4, 1, -4, -4, 2.5, -4,
          2.5, -2.75, 1.83333333, -1.5, 1.16666667, -0.25, 0.5, 0.41666667, -0.5, 1.08333333, -1.5, 1.75, -2.5, 1.75,
          -2.5, -4, 3.5, -4, 3.5, -2.91666667, 1.5, -1.83333333, -0.5, -0.75, -2.5, 0.58333333, -1.5, 1.91666667, -0.5,
          3.25, 0.5, 3.25, 0.5, -4, 4, -4, 4, -3, 1.33333333, -2, -1.33333333, -1, -4, 0.66666667, -2, 2.33333333, 0, 4,
          2, 4, 2,
        ],
      },
    },
    {
      name: 'bilinear with aligned corners, as PyTorch',
      parameters: { interpolation: 'bilinear', alignCorners: true },
      inputs: { input: { dims: [1, 2, 3, 2], data: [-4, 2, 0, 2, 1, -4, -4, 4, -1, -4, 4, 2] } },
      output: {
        dims: [1, 4, 6, 2],
        data: [
          -4, 2, -2.4, 2, -0.8, 2, 0.2, 0.8, 0.6, -1.6, 1, -4, -4, 2.66666667, -2.53333333, 1.6, -1.06666667,
          0.53333333, 0.13333333, -0.4, 1.06666667, -1.2, 2, -2, -4, 3.33333333, -2.66666667, 1.2, -1.33333333,
          -0.93333333, 0.06666667, -1.6, 1.53333333, -0.8, 3, 0, -4, 4, -2.8, 0.8, -1.6, -2.4, 0, -2.8, 2, -0.4, 4, 2,
        ],
      },
    },
  ],
});
