import { padsOf, type WindowParameters } from '../../../../core/window.ts';
import { conv1d } from '../../../../ops/convolution/conv1d.ts';
import { conv2d } from '../../../../ops/convolution/conv2d.ts';
import { depthwiseConv2d } from '../../../../ops/convolution/depthwiseConv2d.ts';
import { separableConv2d } from '../../../../ops/convolution/separableConv2d.ts';
import { dense } from '../../../../ops/dense/dense.ts';
import { lastSize, typeAt } from '../../../python/portTypes.ts';
import { type EmittedLayers, inLayers, type LayersContext, onlyInput } from '../layersOp.ts';
import { zerosAround } from './padding.ts';

const GROUPS = 'layers have no groups of channels';
const STEPS_AND_DILATION = 'layers have no stride together with dilation';

const dilates = (stride: readonly number[], dilation: readonly number[]): boolean =>
  stride.some((size) => size > 1) && dilation.some((size) => size > 1);
const isUneven = ([first, ...others]: readonly number[]): boolean => others.some((size) => size !== first);

type DepthwiseParameters = WindowParameters & { readonly bias: boolean };

/** Every channel by itself, `multiplier` times: also a convolution with as many groups as channels. */
function depthwise(context: LayersContext<DepthwiseParameters>, channels: number, multiplier: number): EmittedLayers {
  const { bias, kernel, stride, dilation = [1, 1] } = context.parameters;
  // TensorFlow.js works out the size behind this layer without the dilation.
  if (dilation.some((size) => size > 1)) return 'this layer miscounts what a window with dilation leaves';
  if (isUneven(stride)) return 'this layer has one stride for both directions';
  const padded = zerosAround(context, onlyInput(context), padsOf(context.parameters), 'pad');
  const window = { kernel_size: kernel, strides: stride, padding: 'valid' };
  const config = { ...window, depth_multiplier: multiplier, use_bias: bias, data_format: 'channels_last' };
  const dims = [...kernel, channels, multiplier];
  const weights = { kernel: { as: 'depthwise_kernel', dims }, bias: { as: 'bias' } };
  return { output: context.layer('DepthwiseConv2D', config, [padded], { weights }) };
}

export const convolution = [
  inLayers(conv2d, (context) => {
    const { filters, groups, bias, kernel, stride, dilation } = context.parameters;
    const channels = lastSize(typeAt(context.types, 'input'));
    if (groups > 1 && groups === channels) return depthwise(context, channels, filters / channels);
    if (groups > 1) return GROUPS;
    if (dilates(stride, dilation)) return STEPS_AND_DILATION;
    const padded = zerosAround(context, onlyInput(context), padsOf(context.parameters), 'pad');
    const window = { kernel_size: kernel, strides: stride, dilation_rate: dilation, padding: 'valid' };
    const config = { filters, ...window, use_bias: bias, data_format: 'channels_last' };
    const weights = { kernel: { as: 'kernel' }, bias: { as: 'bias' } };
    return { output: context.layer('Conv2D', config, [padded], { weights }) };
  }),
  inLayers(depthwiseConv2d, (context) =>
    depthwise(context, lastSize(typeAt(context.types, 'input')), context.parameters.multiplier),
  ),
  inLayers(separableConv2d, (context) => {
    const { filters, multiplier, bias, kernel, stride, dilation } = context.parameters;
    if (dilates(stride, dilation)) return STEPS_AND_DILATION;
    if (isUneven(stride)) return 'this layer has one stride for both directions';
    const padded = zerosAround(context, onlyInput(context), padsOf(context.parameters), 'pad');
    const window = { kernel_size: kernel, strides: stride, dilation_rate: dilation, padding: 'valid' };
    const config = { filters, ...window, depth_multiplier: multiplier, use_bias: bias, data_format: 'channels_last' };
    const channels = lastSize(typeAt(context.types, 'input'));
    const weights = {
      depthwise: { as: 'depthwise_kernel', dims: [...kernel, channels, multiplier] },
      pointwise: { as: 'pointwise_kernel', dims: [1, 1, channels * multiplier, filters] },
      bias: { as: 'bias' },
    };
    return { output: context.layer('SeparableConv2D', config, [padded], { weights }) };
  }),
  inLayers(conv1d, (context) => {
    const { filters, groups, bias, kernel, stride, dilation, padding } = context.parameters;
    if (groups > 1) return GROUPS;
    if (dilates([stride], [dilation])) return STEPS_AND_DILATION;
    // Along a sequence there is no layer that pads; with a step of one, padding at the end falls where ours does.
    const reach = (kernel - 1) * dilation;
    const isNone = padding === 'valid' || padding === 0 || reach === 0;
    const isSame = stride === 1 && (padding === 'same' || (padding === reach / 2 && Number.isInteger(reach / 2)));
    if (!isNone && !isSame) return 'no layer pads a sequence in this way';
    const window = { kernel_size: [kernel], strides: [stride], dilation_rate: [dilation] };
    const config = { filters, ...window, padding: isNone ? 'valid' : 'same', use_bias: bias };
    const weights = { kernel: { as: 'kernel' }, bias: { as: 'bias' } };
    return { output: context.layer('Conv1D', config, [onlyInput(context)], { weights }) };
  }),
  inLayers(dense, (context) => {
    const { units, bias } = context.parameters;
    const weights = { kernel: { as: 'kernel' }, bias: { as: 'bias' } };
    return { output: context.layer('Dense', { units, use_bias: bias }, [onlyInput(context)], { weights }) };
  }),
];
