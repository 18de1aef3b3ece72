import { sizeOf } from '../../../core/shape.ts';
import type { ParameterValue } from '../../../document/schema.ts';
import type { Bound, DrawnWeight } from '../../drawing/drawnNode.ts';
import { isSameView, type View } from '../../drawing/view.ts';
import { channelsOf, LayerRefused } from '../kerasDrawing.ts';
import { kernelAndBias, type LayerCall, type LayerDrawer } from '../layerCall.ts';
import { activated } from './activations.ts';

type Pair = readonly [number, number];
type Parameters = Readonly<Record<string, ParameterValue>>;

/** Pads before and after that TensorFlow's SAME means at one size. */
export function samePads(size: number, kernel: number, stride: number, dilation = 1): Pair {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** Whether TensorFlow's SAME begins where ours does; how much comes after does not matter, as the sizes agree. */
export function isOurSame(size: number, kernel: number, stride: number, dilation = 1): boolean {
  return samePads(size, kernel, stride, dilation)[0] === Math.floor(((kernel - 1) * dilation) / 2);
}

/** Height and width of an image. */
export function extentOf({ type }: Bound): Pair {
  return [sizeOf(type, 'height') ?? 1, sizeOf(type, 'width') ?? 1];
}

/** What "valid" and "same" mean here, with zeros around the image where ours pads otherwise. */
function padded(
  call: LayerCall,
  x: Bound,
  window: { kernel: Pair; stride: Pair; dilation: Pair },
): readonly [Bound, string] {
  const padding = call.text('padding', 'valid');
  if (padding !== 'same') {
    call.only('padding', 'valid');
    return [x, 'valid'];
  }
  const { kernel, stride, dilation } = window;
  const size = extentOf(x);
  const axes = [0, 1] as const;
  if (axes.every((axis) => isOurSame(size[axis], kernel[axis], stride[axis], dilation[axis]))) return [x, 'same'];
  const [[top, bottom], [left, right]] = [
    samePads(size[0], kernel[0], stride[0], dilation[0]),
    samePads(size[1], kernel[1], stride[1], dilation[1]),
  ];
  return [call.seen(call.drawing.one('pad2d', { top, bottom, left, right }, { input: x })), 'valid'];
}

function windowOf(call: LayerCall) {
  return {
    kernel: call.pair('kernel_size', [1, 1]),
    stride: call.pair('strides', [1, 1]),
    dilation: call.pair('dilation_rate', [1, 1]),
  };
}

function asParameters({ kernel, stride, dilation }: ReturnType<typeof windowOf>): Parameters {
  return { kernel: [...kernel], stride: [...stride], dilation: [...dilation] };
}

/** Features that stand in an image of one pixel, as squeeze-and-excitation has them. */
const ONE_PIXEL: View = [[0], [], [], [1]];
const ONE_PIXEL_FIRST: View = [[0], [1], [], []];

const conv2d: LayerDrawer = (call) => {
  const window = windowOf(call);
  const pixel = call.input();
  const isPoint = [...window.kernel, ...window.stride].every((size) => size === 1) && call.number('groups', 1) === 1;
  const view = call.isChannelsFirst() ? ONE_PIXEL_FIRST : ONE_PIXEL;
  if (isPoint && isSameView(pixel.view, view)) {
    const units = call.number('filters', 1);
    const { bias, weights } = kernelAndBias(call, [channelsOf(pixel), units], units);
    const y = call.drawing.one('dense', { units, bias }, { input: pixel }, weights);
    return activated(call, { ...y, view });
  }
  const given = call.image();
  const [filters, groups] = [call.number('filters', 1), call.number('groups', 1)];
  const { bias, weights } = kernelAndBias(call, [...window.kernel, channelsOf(given) / groups, filters], filters);
  const [input, padding] = padded(call, given, window);
  const y = call.drawing.one('conv2d', { filters, ...asParameters(window), padding, groups, bias }, { input }, weights);
  return activated(call, call.seen(y));
};

const depthwiseConv2d: LayerDrawer = (call) => {
  const window = windowOf(call);
  const given = call.image();
  const multiplier = call.number('depth_multiplier', 1);
  const outputs = channelsOf(given) * multiplier;
  const { bias, weights } = kernelAndBias(call, [...window.kernel, 1, outputs], outputs);
  const [input, padding] = padded(call, given, window);
  const y = call.drawing.one(
    'depthwiseConv2d',
    { multiplier, ...asParameters(window), padding, bias },
    { input },
    weights,
  );
  return activated(call, call.seen(y));
};

function separableWeights(call: LayerCall, kernel: readonly number[], pointwise: readonly number[], filters: number) {
  const bias = call.boolean('use_bias', true);
  const depthwise = call.weight({ names: ['depthwise_kernel'], index: 0 }, kernel);
  const point = call.weight({ names: ['pointwise_kernel'], index: 1 }, pointwise);
  const shift: Readonly<Record<string, DrawnWeight>> = bias
    ? { bias: call.weight({ names: ['bias'], index: 2 }, [filters]) }
    : {};
  return { bias, depthwise, point, shift };
}

const separableConv2d: LayerDrawer = (call) => {
  const window = windowOf(call);
  const given = call.image();
  const [filters, multiplier] = [call.number('filters', 1), call.number('depth_multiplier', 1)];
  const between = channelsOf(given) * multiplier;
  const { bias, depthwise, point, shift } = separableWeights(
    call,
    [...window.kernel, 1, between],
    [1, 1, between, filters],
    filters,
  );
  const [input, padding] = padded(call, given, window);
  const y = call.drawing.one(
    'separableConv2d',
    { filters, ...asParameters(window), padding, multiplier, bias },
    { input },
    { depthwise, pointwise: point, ...shift },
  );
  return activated(call, call.seen(y));
};

const convTranspose2d: LayerDrawer = (call) => {
  const { kernel, stride, dilation } = windowOf(call);
  if (dilation.some((size) => size !== 1)) throw new LayerRefused(`dilation_rate=${dilation.join('×')}`, '1');
  if ((call.layer.config['output_padding'] ?? null) !== null) throw new LayerRefused('an output_padding', 'none');
  const input = call.image();
  const filters = call.number('filters', 1);
  const groups = call.number('groups', 1);
  if (groups !== 1) throw new LayerRefused(`groups=${groups}`, 'groups=1');
  const { bias, weights } = kernelAndBias(call, [...kernel, filters, channelsOf(input)], filters);
  const parameters = { filters, kernel: [...kernel], stride: [...stride], bias };
  const grown = (padding: string, outputPadding: Pair): Bound =>
    call.seen(
      call.drawing.one(
        'convTranspose2d',
        { ...parameters, padding, outputPadding: [...outputPadding] },
        { input },
        weights,
      ),
    );
  const axes = [0, 1] as const;
  if (call.text('padding', 'valid') === 'valid') {
    // Keras keeps at least the stride of each pixel.
    const missing = axes.map((axis) => Math.max(stride[axis] - kernel[axis], 0)) as [number, number];
    return activated(call, grown('valid', missing));
  }
  const cut = axes.map((axis) => Math.max(kernel[axis] - stride[axis], 0));
  const begins = cut.map((size) => Math.floor(size / 2));
  if (axes.every((axis) => begins[axis] === Math.floor((kernel[axis] - 1) / 2)))
    return activated(call, grown('same', [0, 0]));
  const missing = axes.map((axis) => Math.max(stride[axis] - kernel[axis], 0)) as [number, number];
  const [top = 0, left = 0] = begins;
  const [bottom = 0, right = 0] = cut.map((size) => size - Math.floor(size / 2));
  const whole = grown('valid', missing);
  return activated(call, call.seen(call.drawing.one('crop2d', { top, bottom, left, right }, { input: whole })));
};

/** What a sequence is padded with. */
function sequencePadding(call: LayerCall, x: Bound, kernel: number, stride: number, dilation: number): string {
  const padding = call.text('padding', 'valid');
  const length = sizeOf(x.type, 'sequence') ?? 1;
  if (padding === 'same' && !isOurSame(length, kernel, stride, dilation)) {
    throw new LayerRefused(
      `padding="same" of ${length} positions at stride ${stride}`,
      'a size that is padded alike on both sides',
    );
  }
  return padding;
}

function sequenceWindow(call: LayerCall, x: Bound) {
  const [kernel, stride] = [call.single('kernel_size', 1), call.single('strides', 1)];
  const dilation = call.single('dilation_rate', 1);
  return { kernel, stride, dilation, padding: sequencePadding(call, x, kernel, stride, dilation) };
}

const conv1d: LayerDrawer = (call) => {
  const input = call.sequence();
  const window = sequenceWindow(call, input);
  const [filters, groups] = [call.number('filters', 1), call.number('groups', 1)];
  const { bias, weights } = kernelAndBias(call, [window.kernel, channelsOf(input) / groups, filters], filters);
  return activated(
    call,
    call.seen(call.drawing.one('conv1d', { filters, ...window, groups, bias }, { input }, weights)),
  );
};

const depthwiseConv1d: LayerDrawer = (call) => {
  const input = call.sequence();
  const window = sequenceWindow(call, input);
  const multiplier = call.number('depth_multiplier', 1);
  const outputs = channelsOf(input) * multiplier;
  const { bias, weights } = kernelAndBias(call, [window.kernel, 1, outputs], outputs);
  return activated(
    call,
    call.seen(call.drawing.one('depthwiseConv1d', { multiplier, ...window, bias }, { input }, weights)),
  );
};

/** Two layers here: one over positions, one over features. */
const separableConv1d: LayerDrawer = (call) => {
  const input = call.sequence();
  const window = sequenceWindow(call, input);
  const [filters, multiplier] = [call.number('filters', 1), call.number('depth_multiplier', 1)];
  const between = channelsOf(input) * multiplier;
  const weights = separableWeights(call, [window.kernel, 1, between], [1, between, filters], filters);
  const apart = call.seen(
    call.drawing.one(
      'depthwiseConv1d',
      { multiplier, ...window, bias: false },
      { input },
      { kernel: weights.depthwise },
    ),
  );
  const y = call.drawing.one(
    'conv1d',
    { filters, kernel: 1, bias: weights.bias },
    { input: apart },
    { kernel: weights.point, ...weights.shift },
  );
  return activated(call, call.seen(y));
};

/** Drawers of convolutions by their class. */
export const convolutionDrawers: Readonly<Record<string, LayerDrawer>> = {
  Conv1D: conv1d,
  Convolution1D: conv1d,
  Conv2D: conv2d,
  Convolution2D: conv2d,
  DepthwiseConv1D: depthwiseConv1d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv1D: separableConv1d,
  SeparableConv2D: separableConv2d,
  Conv2DTranspose: convTranspose2d,
};
