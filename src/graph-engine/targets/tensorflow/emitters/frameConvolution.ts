import type { ConvolutionAttributes } from '../../../program/primitives/convolution.ts';
import type { Dims } from '../../../program/program.ts';
import { integers, text, type, type NodeAttributes } from '../attributes.ts';
import type { EmitContext, GraphTensor } from '../emitContext.ts';
import { isDilatedDepthwise, spreadConvolution } from './spreadConvolution.ts';
import { cutFrame, isSamePadding, paddedDims, padImage } from './imagePadding.ts';

/**
 * How a convolution is said with `SAME` and `VALID` alone. TensorFlow's own explicit padding never reaches oneDNN, which costs
 * speed, and has no gradient with dilations on a CPU; so a frame of zeros goes around the image first.
 */
export interface FramedConvolution {
  readonly attributes: NodeAttributes;
  /** The image that TensorFlow's node sees. */
  image(x: GraphTensor): string;
  /** The dims of that image. */
  readonly imageDims: Dims;
  /** The gradient for the image itself from the one that TensorFlow's node gives. */
  gradient(framed: string): string;
  /** The result itself from the one that TensorFlow's node gives. */
  result(framed: string): string;
  /** The gradient of the result as TensorFlow's node sees it. */
  resultGradient(dy: string): string;
}

/** Chooses the padding for an image and a kernel of these dims. */
export function frameConvolution(
  c: EmitContext,
  { dims: imageDims, dtype }: Pick<GraphTensor, 'dims' | 'dtype'>,
  kernelDims: Dims,
  attributes: ConvolutionAttributes,
): FramedConvolution {
  if (isDilatedDepthwise(kernelDims, attributes)) return spreadConvolution(c, imageDims, kernelDims, attributes);
  const { strides, dilations, padding, pads } = attributes;
  const same =
    padding === 'same' ||
    (padding === 'explicit' && isSamePadding(imageDims, kernelDims, { strides, dilations, pads }));
  const framed = !same && padding === 'explicit' && pads.some((count) => count > 0);
  return {
    attributes: {
      T: type(dtype),
      strides: integers([1, strides[0] ?? 1, strides[1] ?? 1, 1]),
      dilations: integers([1, dilations[0] ?? 1, dilations[1] ?? 1, 1]),
      data_format: text('NHWC'),
      padding: text(same ? 'SAME' : 'VALID'),
    },
    image: (x) => (framed ? padImage(c, x, pads, 0) : x.ref),
    imageDims: framed ? paddedDims(imageDims, pads) : imageDims,
    result: (y) => y,
    resultGradient: (dy) => dy,
    gradient: (gradient) => (framed ? cutFrame(c, gradient, { dims: imageDims, dtype }, pads) : gradient),
  };
}

/** Sizes of the image that a transposed convolution makes: TensorFlow takes the batch from what comes in and the channels from the kernel. */
export function imageSizes(c: EmitContext, dims: Dims): string {
  return c.abilities.wholeSizes === true ? c.shapeOf(dims) : c.integers(dims.slice(1, 3));
}
