import { padsOf } from '../../../core/window.ts';
import { conv1d } from '../../../ops/convolution/conv1d.ts';
import { conv2d } from '../../../ops/convolution/conv2d.ts';
import { convTranspose2d } from '../../../ops/convolution/convTranspose2d.ts';
import { depthwiseConv1d } from '../../../ops/convolution/depthwiseConv1d.ts';
import { depthwiseConv2d } from '../../../ops/convolution/depthwiseConv2d.ts';
import { separableConv2d } from '../../../ops/convolution/separableConv2d.ts';
import { compact, lastSize, typeAt } from '../../python/portTypes.ts';
import { call, py, type Literal } from '../../python/pythonCode.ts';
import { inKeras, type KerasOp } from '../kerasOp.ts';
import type { RuntimePart } from '../runtime.ts';
import { padsAlong, paddingOf, type SequencePadding } from './padding.ts';

type Layer = 'Conv1D' | 'Conv2D' | 'DepthwiseConv1D' | 'DepthwiseConv2D' | 'SeparableConv2D';
type Arguments = readonly (readonly [string, Literal] | readonly [string, Literal, Literal])[];

interface Window {
  readonly padding: Literal;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** A layer of Keras, or one that pads before it works. `leading` are the arguments before the size of the kernel. */
function convolutionLayer(
  layer: Layer,
  { padding, kernel, stride, dilation }: Window,
  { inputs, module }: { readonly inputs: Readonly<Record<string, string>>; readonly module: string },
  leading: Arguments,
  trailing: Arguments,
): KerasOp {
  // Keras has no strides with dilation, and TensorFlow no uneven ones of single channels: steps are then taken afterwards.
  const isUneven = layer !== 'Conv2D' && stride.some((size) => size !== stride[0]);
  const steps = isUneven || (stride.some((size) => size > 1) && dilation.some((size) => size > 1));
  const given: Arguments = [
    ...leading,
    ['kernel_size', compact(kernel)],
    ['strides', steps ? 1 : compact(stride), 1],
    ...(padding === 0 ? [] : [['padding', padding, 0] as const]),
    ['dilation_rate', compact(dilation), 1],
    ...trailing,
  ];
  const part: RuntimePart = `Padded${layer}`;
  const places = stride.map((size) => `, ::${size}`).join('');
  return {
    module: call(padding === 0 ? `layers.${layer}` : part, ...given),
    ...(padding !== 0 && { runtime: ['Padded', part] }),
    ...(steps && { forward: py`${module}(${inputs['input'] ?? ''})[:${places}]` }),
  };
}

interface SequenceConvolution {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: SequencePadding;
}

/** A window along a sequence, with its padding as the layers take it. */
function alongSequence(window: SequenceConvolution): Window {
  const [before, after] = padsAlong(window, window.dilation);
  return {
    padding: before === after ? before : [[before, after]],
    kernel: [window.kernel],
    stride: [window.stride],
    dilation: [window.dilation],
  };
}

export const convolution = [
  inKeras(conv2d, (context) => {
    const { parameters } = context;
    const { filters, groups, bias } = parameters;
    return {
      ...convolutionLayer(
        'Conv2D',
        { ...parameters, padding: paddingOf(parameters) },
        context,
        [['filters', filters]],
        [
          ['groups', groups, 1],
          ['use_bias', bias, true],
        ],
      ),
      weights: { kernel: { parameter: 'kernel' }, bias: { parameter: 'bias' } },
    };
  }),
  inKeras(depthwiseConv2d, (context) => {
    const { parameters, types } = context;
    const { kernel, multiplier, bias } = parameters;
    return {
      ...convolutionLayer(
        'DepthwiseConv2D',
        { ...parameters, padding: paddingOf(parameters) },
        context,
        [],
        [
          ['depth_multiplier', multiplier, 1],
          ['use_bias', bias, true],
        ],
      ),
      weights: {
        kernel: { parameter: 'kernel', dims: [...kernel, lastSize(typeAt(types, 'input')), multiplier] },
        bias: { parameter: 'bias' },
      },
    };
  }),
  inKeras(separableConv2d, (context) => {
    const { parameters, types } = context;
    const { filters, kernel, multiplier, bias } = parameters;
    return {
      ...convolutionLayer(
        'SeparableConv2D',
        { ...parameters, padding: paddingOf(parameters) },
        context,
        [['filters', filters]],
        [
          ['depth_multiplier', multiplier, 1],
          ['use_bias', bias, true],
        ],
      ),
      weights: {
        depthwise: { parameter: 'depthwise_kernel', dims: [...kernel, lastSize(typeAt(types, 'input')), multiplier] },
        pointwise: { parameter: 'pointwise_kernel' },
        bias: { parameter: 'bias' },
      },
    };
  }),
  inKeras(convTranspose2d, ({ parameters }) => {
    const { filters, kernel, stride, dilation, groups, bias, padding, outputPadding } = parameters;
    const { top, bottom, left, right } = padsOf(parameters);
    const end = (axis: 0 | 1): number => (padding === 'same' ? stride[axis] - 1 : outputPadding[axis]);
    return {
      module: call(
        'ConvTranspose2D',
        ['filters', filters],
        ['kernel_size', compact(kernel)],
        ['strides', compact(stride), 1],
        ['padding', compact([top, left]), 0],
        ['ends', compact([end(0) - (bottom - top), end(1) - (right - left)]), 0],
        ['dilation_rate', compact(dilation), 1],
        ['groups', groups, 1],
        ['use_bias', bias, true],
      ),
      weights: { kernel: { parameter: 'kernel' }, bias: { parameter: 'bias' } },
      runtime: ['ConvTranspose2D'],
    };
  }),
  inKeras(conv1d, (context) => {
    const { parameters } = context;
    const { filters, groups, bias } = parameters;
    return {
      ...convolutionLayer(
        'Conv1D',
        alongSequence(parameters),
        context,
        [['filters', filters]],
        [
          ['groups', groups, 1],
          ['use_bias', bias, true],
        ],
      ),
      weights: { kernel: { parameter: 'kernel' }, bias: { parameter: 'bias' } },
    };
  }),
  inKeras(depthwiseConv1d, (context) => {
    const { parameters, types } = context;
    const { kernel, multiplier, bias } = parameters;
    return {
      ...convolutionLayer(
        'DepthwiseConv1D',
        alongSequence(parameters),
        context,
        [],
        [
          ['depth_multiplier', multiplier, 1],
          ['use_bias', bias, true],
        ],
      ),
      weights: {
        kernel: { parameter: 'kernel', dims: [kernel, lastSize(typeAt(types, 'input')), multiplier] },
        bias: { parameter: 'bias' },
      },
    };
  }),
];
