import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { image, sizeOf } from '../../core/shape.ts';
import { sidesOf } from './imageSides.ts';

export const crop2d = defineOp({
  type: 'crop2d',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Crop',
    shortName: 'crop',
    summary: 'Cuts pixels off the sides of the image.',
    formula: 'size = height − top − bottom by width − left − right',
    source: 'Ronneberger et al. 2015, arXiv 1505.04597',
    keywords: ['cut', 'trim', 'border', 'u-net'],
  },
  parameters: z.strictObject(sidesOf('cut off')),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { top, bottom, left, right }, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Crop');
    if (!sizes.ok) return sizes;
    const { height, width, channels } = sizes.value;
    const rest = (size: number | null, less: number): number | null => (size === null ? null : size - less);
    const [rows, columns] = [rest(height, top + bottom), rest(width, left + right)];
    if ((rows !== null && rows < 1) || (columns !== null && columns < 1)) {
      return fail({
        code: 'shape/crop',
        port: 'input',
        message: `Nothing is left of an image of ${height ?? '?'}×${width ?? '?'} when that much is cut off.`,
        expected: `more than ${top + bottom}×${left + right}`,
        received: `${height ?? '?'}×${width ?? '?'}`,
      });
    }
    return ok({ output: image(rows, columns, channels) });
  },
  lower({ builder, parameters: { top, bottom, left, right }, inputs: { input } }) {
    const [batch = -1, height = 1, width = 1, channels = 1] = input.dims;
    if (top + bottom + left + right === 0) return { output: input };
    const size = [batch, height - top - bottom, width - left - right, channels];
    return { output: builder.slice(input, [0, top, left, 0], size) };
  },
  exportOnnx(context) {
    const { top, bottom, left, right } = context.parameters;
    const [height, width] = [sizeOf(context.types.input, 'height') ?? 1, sizeOf(context.types.input, 'width') ?? 1];
    const starts = context.int64('starts', [top, left]);
    const ends = context.int64('ends', [height - bottom, width - right]);
    return { output: context.node('Slice', [context.inputs.input, starts, ends, context.int64('axes', [2, 3])]) };
  },
  vectors: [
    {
      name: 'a row above, two columns on the right',
      parameters: { top: 1, right: 2 },
      inputs: { input: { dims: [1, 2, 3, 2], data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] } },
      output: { dims: [1, 1, 1, 2], data: [7, 8] },
    },
  ],
});
