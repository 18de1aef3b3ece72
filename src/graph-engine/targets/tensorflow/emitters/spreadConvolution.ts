import type { ConvolutionAttributes } from '../../../program/primitives/convolution.ts';
import type { Dims } from '../../../program/program.ts';
import { windowGeometry } from '../../../program/windowGeometry.ts';
import { integers, text, type } from '../attributes.ts';
import type { EmitContext } from '../emitContext.ts';
import type { FramedConvolution } from './frameConvolution.ts';

/** Whether this is a depthwise convolution that is dilated and takes every pixel. */
export function isDilatedDepthwise(kernelDims: Dims, { groups, strides, dilations }: ConvolutionAttributes): boolean {
  return (
    kernelDims[2] === 1 &&
    groups > 1 &&
    strides.every((stride) => stride === 1) &&
    dilations.some((dilation) => dilation > 1)
  );
}

/**
 * A dilated depthwise convolution as a plain one: pixels that are a dilation apart become neighbours, in images of their
 * own along the batch. TensorFlow's depthwise kernels know no dilation on a CPU, and one convolution a channel is far slower.
 */
export function spreadConvolution(
  c: EmitContext,
  [batch = -1, height = 1, width = 1, channels = 1]: Dims,
  kernelDims: Dims,
  { dilations, padding, pads }: ConvolutionAttributes,
): FramedConvolution {
  const axes = [height, width].map((size, axis) => {
    const dilation = dilations[axis] ?? 1;
    const taps = kernelDims[axis] ?? 1;
    const { before, after } = windowGeometry(size, taps, 1, dilation, padding, [
      pads[2 * axis] ?? 0,
      pads[2 * axis + 1] ?? 0,
    ]);
    const padded = size + before + after;
    const small = Math.ceil(padded / dilation);
    // What fills the last small image up is cut off the result again.
    const rest = small * dilation - padded;
    return { dilation, before, after: after + rest, small, rest };
  });
  const blocks = axes.map(({ dilation }) => dilation);
  const spread = (x: string, sides: readonly number[]): string =>
    c.node('SpaceToBatchND', [x, c.integers(blocks), c.values(sides, [2, 2], 'int32')], {
      T: type('float32'),
      Tblock_shape: type('int32'),
      Tpaddings: type('int32'),
    });
  const gather = (x: string, sides: readonly number[]): string =>
    c.node('BatchToSpaceND', [x, c.integers(blocks), c.values(sides, [2, 2], 'int32')], {
      T: type('float32'),
      Tblock_shape: type('int32'),
      Tcrops: type('int32'),
    });
  const frame = axes.flatMap(({ before, after }) => [before, after]);
  const ends = axes.flatMap(({ rest }) => [0, rest]);
  const [rows, columns] = axes.map(({ small }) => small);
  return {
    attributes: {
      T: type('float32'),
      strides: integers([1, 1, 1, 1]),
      dilations: integers([1, 1, 1, 1]),
      data_format: text('NHWC'),
      padding: text('VALID'),
    },
    imageDims: [batch * blocks.reduce((product, block) => product * block, 1), rows ?? 1, columns ?? 1, channels],
    image: ({ ref }) => c.once(`${ref} spread by ${blocks.join()} in ${frame.join()}`, () => spread(ref, frame)),
    gradient: (small) => gather(small, frame),
    result: (small) => gather(small, ends),
    resultGradient: (dy) => c.once(`${dy} spread by ${blocks.join()} in ${ends.join()}`, () => spread(dy, ends)),
  };
}
