import { isImage } from '../../../core/shape.ts';
import type { ParameterValue } from '../../../document/schema.ts';
import { permuteAxes, permutedDims } from '../../../targets/onnx/permuteAxes.ts';
import type { Numbers } from '../constantTensor.ts';
import { padsOfNode } from '../outputDims.ts';
import { intOf, intsOf, textOf, type SourceNode } from '../sourceModel.ts';
import { isFeaturesFirst, isPlainImage } from '../../drawing/drawing.ts';
import type { Bound, DrawnWeight } from '../../drawing/drawnNode.ts';
import type { Mapper, Mapping } from './mapping.ts';

/** A weight of the file with its axes in another order. */
export function turned(
  weight: { readonly dims: readonly number[]; readonly values: () => Numbers },
  permutation: readonly number[],
): DrawnWeight {
  return {
    dims: permutedDims(weight.dims, permutation),
    values: () => permuteAxes(asFloats(weight.values()), weight.dims, permutation),
  };
}

/** A weight of the file as it is, under dims of ours. */
export function weightAs(weight: { readonly values: () => Numbers }, dims: readonly number[]): DrawnWeight {
  return { dims, values: () => asFloats(weight.values()) };
}

/** Numbers in single precision. */
export function asFloats(values: Numbers): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** The window of a node along two axes, where it pads alike on both sides of each; otherwise a Pad comes before it. */
interface Window {
  readonly kernel: [number, number];
  readonly stride: [number, number];
  readonly dilation: [number, number];
  readonly padding: ParameterValue;
  /** Top, bottom, left, right: what a Pad must add. */
  readonly before: readonly [number, number, number, number] | undefined;
}

/** Reads the window of a convolution or a pool over an image. */
export function windowOf(node: SourceNode, spatial: readonly number[], kernel: readonly number[]): Window | undefined {
  const [kh, kw] = kernel;
  if (kh === undefined || kw === undefined || kernel.length !== 2) return undefined;
  const [sh = 1, sw = 1] = intsOf(node, 'strides') ?? [];
  const [dh = 1, dw = 1] = intsOf(node, 'dilations') ?? [];
  const [[top, bottom] = [0, 0], [left, right] = [0, 0]] = padsOfNode(node, spatial, kernel);
  if ([top, bottom, left, right].some((pad) => pad < 0)) return undefined;
  const reach = [(kh - 1) * dh, (kw - 1) * dw] as const;
  const isSame =
    top === Math.floor(reach[0] / 2) &&
    bottom === Math.ceil(reach[0] / 2) &&
    left === Math.floor(reach[1] / 2) &&
    right === Math.ceil(reach[1] / 2);
  const isNone = top + bottom + left + right === 0;
  const isEven = top === bottom && left === right;
  return {
    kernel: [kh, kw],
    stride: [sh, sw],
    dilation: [dh, dw],
    padding: isSame ? 'same' : isNone || !isEven ? 'valid' : [top, left],
    before: isSame || isEven ? undefined : [top, bottom, left, right],
  };
}

/** Puts a Pad before a window that pads unevenly. */
export function padded(mapping: Mapping, x: Bound, before: Window['before'], value = 0): Bound | undefined {
  if (before === undefined) return x;
  const [top, bottom, left, right] = before;
  return mapping.one('pad2d', { top, bottom, left, right, value }, { input: x });
}

/** A bias, where there is one; `undefined` where it is no constant of the right size. */
function biasOf(mapping: Mapping, name: string | undefined, filters: number): { bias?: DrawnWeight } | undefined {
  if (name === undefined || name === '') return {};
  const bias = mapping.floats(name);
  if (bias === undefined || bias.dims.reduce((a, b) => a * b, 1) !== filters) return undefined;
  // Zeros that the file works out stand for no bias: an exporter had to write something.
  const isMadeUp = mapping.maker(name, 'Expand', 'ConstantOfShape') !== undefined;
  if (isMadeUp && bias.values().every((value) => value === 0)) return {};
  return { bias: weightAs(bias, [filters]) };
}

function convolve(
  node: SourceNode,
  mapping: Mapping,
  input: string | undefined,
  biasName: string | undefined,
): Bound | undefined {
  const weight = mapping.floats(node.inputs[1]);
  const found = mapping.bound(input);
  if (weight === undefined || found === undefined) return undefined;
  const [filters = 1, each = 1, ...kernel] = weight.dims;
  const groups = intOf(node, 'group', 1);
  const bias = biasOf(mapping, biasName, filters);
  if (bias === undefined) return undefined;
  if (kernel.length === 1) return convolveSequence(node, mapping, found, { weight, filters, groups, bias });
  if (kernel.length !== 2) return undefined;
  const flat = pointwise(mapping, found, { weight, filters, each, kernel, groups, bias });
  if (flat !== undefined) return flat;
  const x = isPlainImage(found) ? found : mapping.plain(found);
  if (x === undefined || !isImage(x.type)) return undefined;
  const [height, width, channels] = x.type.axes.map(({ size }) => size ?? 0);
  const window = windowOf(node, [height ?? 0, width ?? 0], kernel);
  const image = window === undefined ? undefined : padded(mapping, x, window.before);
  if (window === undefined || image === undefined) return undefined;
  const { stride, dilation, padding } = window;
  const common = { kernel: window.kernel, stride, dilation, padding, bias: 'bias' in bias };
  if (groups > 1 && groups === channels) {
    return mapping.one(
      'depthwiseConv2d',
      { multiplier: filters / groups, ...common },
      { input: image },
      { kernel: turned(weight, [2, 3, 1, 0]), ...bias },
      'conv',
    );
  }
  return mapping.one(
    'conv2d',
    { filters, ...common, groups },
    { input: image },
    { kernel: turned(weight, [2, 3, 1, 0]), ...bias },
    'conv',
  );
}

interface Kernel {
  readonly weight: { readonly dims: readonly number[]; readonly values: () => Numbers };
  readonly filters: number;
  readonly groups: number;
  readonly bias: { readonly bias?: DrawnWeight };
}

/** A convolution of one pixel of features, as gates have it, is a Dense. */
function pointwise(
  mapping: Mapping,
  x: Bound,
  {
    weight,
    filters,
    each,
    kernel,
    groups,
    bias,
  }: Kernel & { readonly each: number; readonly kernel: readonly number[] },
): Bound | undefined {
  if (JSON.stringify(x.view) !== '[[0],[1],[],[]]' || x.type.axes.length !== 1) return undefined;
  if (groups !== 1 || kernel.some((size) => size !== 1)) return undefined;
  const matrix = { dims: [filters, each], values: weight.values };
  const y = mapping.one(
    'dense',
    { units: filters, bias: 'bias' in bias },
    { input: x },
    { kernel: turned(matrix, [1, 0]), ...bias },
  );
  return y === undefined ? undefined : { ...y, view: x.view };
}

function convolveSequence(
  node: SourceNode,
  mapping: Mapping,
  found: Bound,
  { weight, filters, groups, bias }: Kernel,
): Bound | undefined {
  const x = featuresFirst(mapping, found);
  if (x === undefined) return undefined;
  const [, , kernel = 1] = weight.dims;
  const [stride = 1] = intsOf(node, 'strides') ?? [];
  const [dilation = 1] = intsOf(node, 'dilations') ?? [];
  const [[before, after] = [0, 0]] = padsOfNode(node, [x.type.axes[0]?.size ?? 0], [kernel]);
  const padding = sequencePaddingOf(before, after, (kernel - 1) * dilation);
  if (padding === undefined) return undefined;
  const common = { kernel, stride, dilation, padding, bias: 'bias' in bias };
  const features = x.type.axes[1]?.size;
  const kernels = { kernel: turned(weight, [2, 1, 0]), ...bias };
  const y =
    groups > 1 && groups === features
      ? mapping.one('depthwiseConv1d', { multiplier: filters / groups, ...common }, { input: x }, kernels, 'conv')
      : mapping.one('conv1d', { filters, ...common, groups }, { input: x }, kernels, 'conv');
  return y === undefined ? undefined : { ...y, view: FEATURES_FIRST };
}

/** A sequence whose features come before its positions. */
export const FEATURES_FIRST = [[0], [2], [1]] as const;

/** How ours says that a sequence is padded. */
export function sequencePaddingOf(before: number, after: number, reach: number): ParameterValue | undefined {
  if (before === Math.floor(reach / 2) && after === Math.ceil(reach / 2)) return 'same';
  if (before + after === 0) return 'valid';
  if (before === reach && after === 0) return 'causal';
  return before === after ? before : undefined;
}

/** A value of three axes as a sequence whose features are the middle one. */
export function featuresFirst(mapping: Mapping, found: Bound): Bound | undefined {
  if (isFeaturesFirst(found)) return found;
  const plain = mapping.plain(found);
  if (plain?.type.axes.length !== 2) return undefined;
  const swapped = mapping.one('permute', {}, { input: plain });
  return swapped === undefined ? undefined : { ...swapped, view: FEATURES_FIRST };
}

const conv: Mapper = (node, mapping) =>
  mapping.bind(node.outputs[0], convolve(node, mapping, node.inputs[0], node.inputs[2]));

/** Conv and an Add of one number a channel behind it. */
const convAndBias: Mapper = (node, mapping) => {
  for (const [sum, bias] of [node.inputs, node.inputs.toReversed()]) {
    // Channels-last networks turn the image before they add.
    const moved = mapping.maker(sum, 'Transpose');
    const perm = moved === undefined ? undefined : intsOf(moved, 'perm');
    const convolution = mapping.maker(moved?.inputs[0] ?? sum, 'Conv');
    const constant = mapping.constant(bias);
    if (convolution === undefined || constant === undefined || (convolution.inputs[2] ?? '') !== '') continue;
    const wide = constant.dims.flatMap((size, i) => (size === 1 ? [] : [i - constant.dims.length]));
    const rank = mapping.fact(sum).dims?.length ?? 0;
    const channels = perm === undefined ? 1 : perm.indexOf(1);
    if (wide.length !== 1 || wide[0] !== channels - rank) continue;
    const y = convolve(convolution, mapping, convolution.inputs[0], bias);
    if (y === undefined || perm === undefined) return mapping.bind(node.outputs[0], y);
    return mapping.bind(node.outputs[0], { ...y, view: perm.map((axis) => y.view[axis] ?? []) });
  }
  return false;
};

const convTranspose: Mapper = (node, mapping) => {
  const weight = mapping.floats(node.inputs[1]);
  const found = mapping.bound(node.inputs[0]);
  const x = isPlainImage(found) ? found : mapping.plain(found);
  if (weight?.dims.length !== 4 || x === undefined || !isImage(x.type)) return false;
  const [, each = 1, ...kernel] = weight.dims;
  const groups = intOf(node, 'group', 1);
  const filters = each * groups;
  const bias = biasOf(mapping, node.inputs[2], filters);
  const auto = textOf(node, 'auto_pad', 'NOTSET');
  if (bias === undefined || node.attributes.has('output_shape') || auto.startsWith('SAME')) return false;
  const window = windowOf(node, [0, 0], kernel);
  const outputPadding = intsOf(node, 'output_padding') ?? [0, 0];
  if (window === undefined || window.before !== undefined) return false;
  const { stride, dilation } = window;
  const ends = stride.map((step) => step - 1);
  const isSame = window.padding === 'same' && outputPadding.join() === ends.join();
  const [top = 0, left = 0] = intsOf(node, 'pads') ?? [];
  const explicit: ParameterValue = top + left === 0 ? 'valid' : [top, left];
  // "same" that pads unevenly is no explicit padding.
  if (window.padding === 'same' && !isSame && kernel.some((size, i) => ((size - 1) * (dilation[i] ?? 1)) % 2 !== 0)) {
    return false;
  }
  const parameters = {
    filters,
    kernel: window.kernel,
    stride,
    padding: isSame ? 'same' : explicit,
    ...(isSame ? {} : { outputPadding: [...outputPadding] }),
    dilation,
    groups,
    bias: 'bias' in bias,
  };
  // ONNX has [in, out / groups, height, width]; here it is [height, width, out / groups, in].
  const kernels = { kernel: turned(weight, [2, 3, 1, 0]), ...bias };
  return mapping.bind(node.outputs[0], mapping.one('convTranspose2d', parameters, { input: x }, kernels, 'upConv'));
};

/** Mappers by the operator at their end. */
export const convolutionMappers: Readonly<Record<string, readonly Mapper[]>> = {
  Conv: [conv],
  ConvTranspose: [convTranspose],
  Add: [convAndBias],
};
