import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { sequence, sizeOf } from '../../core/shape.ts';

function product(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}

export const imageToSequence = defineOp({
  type: 'imageToSequence',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Image to sequence',
    shortName: 'toSequence',
    summary:
      'Reads an image as a sequence: pixel by pixel, as the patches of a vision transformer, or row by row, as the moments of a spectrogram.',
    source: 'Dosovitskiy et al. 2020, arXiv 2010.11929; rows: Gulati et al. 2020, arXiv 2005.08100',
    keywords: ['patches', 'tokens', 'vit', 'reshape', 'flatten', 'spectrogram'],
  },
  parameters: z.strictObject({
    positions: z
      .enum(['pixels', 'rows'])
      .default('pixels')
      .describe('"pixels": each pixel with its channels. "rows": each row, channel by channel.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Image to sequence');
    if (!sizes.ok) return sizes;
    const { height, width, channels } = sizes.value;
    return ok({
      output:
        parameters.positions === 'pixels'
          ? sequence(product(height, width), channels)
          : sequence(height, product(width, channels)),
    });
  },
  // A pixel is a position; or a row is one, which then holds the row from side to side.
  receptiveField: ({ parameters: { positions } }) => [
    { extent: 1, stride: 1 },
    { extent: positions === 'rows' ? Infinity : 1, stride: 1 },
  ],
  lower({ builder, parameters, inputs: { input } }) {
    const [, height = 1, width = 1, channels = 1] = input.dims;
    if (parameters.positions === 'pixels') return { output: builder.reshape(input, [-1, height * width, channels]) };
    // The order of a row is channels first, as that of Flatten: weights behind it are the same everywhere.
    return { output: builder.reshape(builder.transpose(input, [0, 1, 3, 2]), [-1, height, channels * width]) };
  },
  exportOnnx(context) {
    const { input } = context.types;
    const [height, width, channels] = (['height', 'width', 'channels'] as const).map(
      (axis) => sizeOf(input, axis) ?? 1,
    );
    if (height === undefined || width === undefined || channels === undefined) throw new Error('unreachable');
    const name = `${context.path}/moved`;
    if (context.parameters.positions === 'pixels') {
      const shape = context.int64('shape', [0, channels, height * width]);
      const moved = context.node('Reshape', [context.inputs.input, shape], {}, name);
      return { output: context.node('Transpose', [moved], { perm: [0, 2, 1] }) };
    }
    const moved = context.node('Transpose', [context.inputs.input], { perm: [0, 2, 1, 3] }, name);
    return { output: context.node('Reshape', [moved, context.int64('shape', [0, height, channels * width])]) };
  },
  vectors: [
    {
      name: 'pixel by pixel',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2, 2], data: [1, 10, 2, 20, 3, 30, 4, 40] } },
      output: { dims: [1, 4, 2], data: [1, 10, 2, 20, 3, 30, 4, 40] },
    },
    {
      name: 'row by row, each channel by channel',
      parameters: { positions: 'rows' },
      inputs: { input: { dims: [1, 2, 2, 2], data: [1, 10, 2, 20, 3, 30, 4, 40] } },
      output: { dims: [1, 2, 4], data: [1, 2, 10, 20, 3, 4, 30, 40] },
    },
  ],
});
