import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { image, sizeOf, type TensorType } from '../../core/shape.ts';

/** Where the middle part begins and ends along an axis; the odd pixel is cut off at the end. */
function middle(input: TensorType, like: TensorType, axis: 'height' | 'width'): readonly [number, number] {
  const [size, wanted] = [sizeOf(input, axis), sizeOf(like, axis)];
  if (size === null || size === undefined || wanted === null || wanted === undefined) {
    throw new Error('A crop needs known sizes');
  }
  const begin = Math.floor((size - wanted) / 2);
  return [begin, begin + wanted];
}

export const cropToMatch = defineOp({
  type: 'cropToMatch',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Crop to match',
    shortName: 'crop',
    summary:
      'Cuts the middle out of one image, as large as another: so the long skips of a U-Net fit what comes up from below.',
    formula: 'y = the middle of input with the height and width of like',
    source: 'Ronneberger et al. 2015, U-Net, arXiv 1505.04597',
    keywords: ['center crop', 'centre', 'copy and crop', 'u-net', 'skip', 'trim'],
  },
  parameters: z.strictObject({}),
  inputs: ['input', 'like'],
  outputs: ['output'],
  sizeInputs: ['like'],
  infer({ inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Crop to match');
    if (!sizes.ok) return sizes;
    const wanted = expectImage(inputs.like, 'like', 'Crop to match');
    if (!wanted.ok) return wanted;
    const { height, width } = wanted.value;
    const tooSmall = (size: number | null, least: number | null) => size !== null && least !== null && size < least;
    if (tooSmall(sizes.value.height, height) || tooSmall(sizes.value.width, width)) {
      return fail({
        code: 'shape/crop',
        port: 'input',
        message: `An image of ${sizes.value.height ?? '?'}×${sizes.value.width ?? '?'} cannot be cropped to ${height ?? '?'}×${width ?? '?'}, which is larger.`,
        expected: `at least ${height ?? '?'}×${width ?? '?'}`,
        received: `${sizes.value.height ?? '?'}×${sizes.value.width ?? '?'}`,
      });
    }
    return ok({ output: image(height, width, sizes.value.channels) });
  },
  lower({ builder, inputs: { input }, types }) {
    const [top, bottom] = middle(types.input, types.like, 'height');
    const [left, right] = middle(types.input, types.like, 'width');
    const [batch = -1, height, width, channels = 1] = input.dims;
    if (bottom - top === height && right - left === width) return { output: input };
    return { output: builder.slice(input, [0, top, left, 0], [batch, bottom - top, right - left, channels]) };
  },
  exportOnnx(context) {
    const [top, bottom] = middle(context.types.input, context.types.like, 'height');
    const [left, right] = middle(context.types.input, context.types.like, 'width');
    const [starts, ends] = [context.int64('starts', [top, left]), context.int64('ends', [bottom, right])];
    return { output: context.node('Slice', [context.inputs.input, starts, ends, context.int64('axes', [2, 3])]) };
  },
  vectors: [
    {
      name: 'the middle row and the middle two of five columns',
      parameters: {},
      inputs: {
        input: { dims: [1, 3, 5, 1], data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] },
        like: { dims: [1, 1, 2, 2], data: [0, 0, 0, 0] },
      },
      output: { dims: [1, 1, 2, 1], data: [7, 8] },
    },
  ],
});
