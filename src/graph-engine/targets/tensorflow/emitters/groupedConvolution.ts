import type { ConvolutionAttributes } from '../../../program/primitives/convolution.ts';
import type { Dims } from '../../../program/program.ts';
import { integer, type } from '../attributes.ts';
import type { EmitContext, GraphTensor } from '../emitContext.ts';
import { type FramedConvolution, imageSizes } from './frameConvolution.ts';
import { isDilatedDepthwise } from './spreadConvolution.ts';

const FLOAT = { T: type('float32') };
const CHANNELS = 3;
const FILTERS = 3;

/**
 * TensorFlow's depthwise kernels want one stride and no dilation, which the frame spreads away at stride 1; ours has
 * `[h, w, 1, in * multiplier]` for their `[h, w, in, multiplier]`.
 */
function isDepthwise(kernelDims: Dims, attributes: ConvolutionAttributes): boolean {
  const { groups, strides, dilations } = attributes;
  if (isDilatedDepthwise(kernelDims, attributes)) return true;
  return (
    kernelDims[2] === 1 && groups > 1 && strides[0] === strides[1] && dilations.every((dilation) => dilation === 1)
  );
}

/** Whether one node does it: the kernel's channels, fewer than the image's, tell TensorFlow of the groups. */
function runsAsOne(c: EmitContext, { dilations }: ConvolutionAttributes): boolean {
  return c.abilities.groupedConvolutions && dilations.every((dilation) => dilation === 1);
}

function depthwiseKernelDims([height = 1, width = 1, , filters = 1]: Dims, groups: number): Dims {
  return [height, width, groups, filters / groups];
}

function reshape(c: EmitContext, ref: string, dims: Dims): string {
  return c.node('Reshape', [ref, c.integers(dims)], { ...FLOAT, Tshape: type('int32') });
}

function split(c: EmitContext, ref: string, axis: number, parts: number): readonly string[] {
  const node = c.node('Split', [c.integer(axis), ref], { ...FLOAT, num_split: integer(parts) });
  return Array.from({ length: parts }, (_, i) => (i === 0 ? node : `${node}:${i}`));
}

function concat(c: EmitContext, refs: readonly string[], axis: number): string {
  return c.node('ConcatV2', [...refs, c.integer(axis)], { ...FLOAT, N: integer(refs.length), Tidx: type('int32') });
}

/** Joins what `run` makes of the corresponding parts, along the last axis. */
function perGroup(
  c: EmitContext,
  groups: number,
  first: string,
  second: string,
  run: (first: string, second: string) => string,
): string {
  const firsts = split(c, first, CHANNELS, groups);
  const seconds = split(c, second, FILTERS, groups);
  return concat(
    c,
    firsts.map((part, i) => run(part, seconds[i] ?? part)),
    CHANNELS,
  );
}

/** A convolution whose channels are in groups that do not mix. */
export function groupedConvolution(
  c: EmitContext,
  frame: FramedConvolution,
  x: GraphTensor,
  kernel: GraphTensor,
  attributes: ConvolutionAttributes,
): string {
  const settings = frame.attributes;
  const { groups } = attributes;
  if (isDepthwise(kernel.dims, attributes)) {
    const filter = reshape(c, kernel.ref, depthwiseKernelDims(kernel.dims, groups));
    return frame.result(c.node('DepthwiseConv2dNative', [frame.image(x), filter], settings));
  }
  if (runsAsOne(c, attributes)) return c.node('Conv2D', [frame.image(x), kernel.ref], settings);
  return perGroup(c, groups, frame.image(x), kernel.ref, (image, filter) =>
    c.node('Conv2D', [image, filter], settings),
  );
}

/** The gradient of a grouped convolution for its input. */
export function groupedConvolutionInputGradient(
  c: EmitContext,
  frame: FramedConvolution,
  kernel: GraphTensor,
  dy: GraphTensor,
  attributes: ConvolutionAttributes,
): string {
  const settings = frame.attributes;
  const { groups } = attributes;
  if (isDepthwise(kernel.dims, attributes)) {
    const filter = reshape(c, kernel.ref, depthwiseKernelDims(kernel.dims, groups));
    const sizes = c.shapeOf(frame.imageDims);
    return c.node('DepthwiseConv2dNativeBackpropInput', [sizes, filter, frame.resultGradient(dy.ref)], settings);
  }
  if (runsAsOne(c, attributes)) {
    return c.node('Conv2DBackpropInput', [c.shapeOf(frame.imageDims), kernel.ref, dy.ref], settings);
  }
  const [batch = -1, height = 1, width = 1, channels = groups] = frame.imageDims;
  const sizes = imageSizes(c, [batch, height, width, channels / groups]);
  return perGroup(c, groups, kernel.ref, dy.ref, (filter, gradient) =>
    c.node('Conv2DBackpropInput', [sizes, filter, gradient], settings),
  );
}

/** The gradient of a grouped convolution for its kernel. */
export function groupedConvolutionFilterGradient(
  c: EmitContext,
  frame: FramedConvolution,
  x: GraphTensor,
  dy: GraphTensor,
  attributes: ConvolutionAttributes & { readonly kernelDims: Dims },
): string {
  const settings = frame.attributes;
  const { groups, kernelDims } = attributes;
  if (isDepthwise(kernelDims, attributes)) {
    const sizes = c.integers(depthwiseKernelDims(kernelDims, groups));
    const inputs = [frame.image(x), sizes, frame.resultGradient(dy.ref)];
    return reshape(c, c.node('DepthwiseConv2dNativeBackpropFilter', inputs, settings), kernelDims);
  }
  if (runsAsOne(c, attributes)) {
    return c.node('Conv2DBackpropFilter', [frame.image(x), c.integers(kernelDims), dy.ref], settings);
  }
  const [height = 1, width = 1, channels = 1, filters = groups] = kernelDims;
  const sizes = c.integers([height, width, channels, filters / groups]);
  return perGroup(c, groups, frame.image(x), dy.ref, (image, gradient) =>
    c.node('Conv2DBackpropFilter', [image, sizes, gradient], settings),
  );
}
