import { padsOf } from '../../../core/window.ts';
import { sizeOf } from '../../../core/shape.ts';
import { conv1d } from '../../../ops/convolution/conv1d.ts';
import { conv2d } from '../../../ops/convolution/conv2d.ts';
import { convTranspose2d } from '../../../ops/convolution/convTranspose2d.ts';
import { depthwiseConv1d } from '../../../ops/convolution/depthwiseConv1d.ts';
import { depthwiseConv2d } from '../../../ops/convolution/depthwiseConv2d.ts';
import { separableConv2d } from '../../../ops/convolution/separableConv2d.ts';
import { compact, lastSize, sizeOrThrow, typeAt } from '../../python/portTypes.ts';
import { call, type Literal } from '../../python/pythonCode.ts';
import { inPytorch, type PytorchOp } from '../pytorchOp.ts';
import { padded, paddingOf } from './sizes.ts';

interface ImageConvolution {
  readonly channels: number;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Parameters<typeof padsOf>[0]['padding'];
  readonly groups: number;
  readonly bias: boolean;
}

const KERNEL = [3, 2, 0, 1];

function imageConvolution(given: ImageConvolution): PytorchOp {
  const padding = paddingOf(given);
  const layer = call(
    'nn.Conv2d',
    ['in_channels', given.channels],
    ['out_channels', given.filters],
    ['kernel_size', compact(given.kernel)],
    ['stride', compact(given.stride), 1],
    ['padding', 'own' in padding ? padding.own : 0, 0],
    ['dilation', compact(given.dilation), 1],
    ['groups', given.groups, 1],
    ['bias', given.bias, true],
  );
  const below = 'own' in padding ? '' : '1.';
  return {
    module: 'own' in padding ? layer : padded(padding.before, 0, layer),
    weights: { kernel: { parameter: `${below}weight`, permutation: KERNEL }, bias: { parameter: `${below}bias` } },
  };
}

interface SequenceConvolution {
  readonly features: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: 'same' | 'valid' | 'causal' | number;
  readonly groups: number;
  readonly bias: boolean;
}

function sequenceConvolution(given: SequenceConvolution): PytorchOp {
  const { kernel, stride, dilation, padding } = given;
  const reach = (kernel - 1) * dilation;
  const past = padding === 'causal' ? reach : 0;
  // PyTorch's own "same" puts the odd one after, as ours; with a stride it takes numbers only, which an odd reach lacks.
  const odd = padding === 'same' && reach % 2 === 1;
  const own: Literal = typeof padding === 'number' ? padding : padding === 'same' && !odd ? reach / 2 : 0;
  const layer = call(
    'nn.Conv1d',
    ['in_channels', given.features],
    ['out_channels', given.filters],
    ['kernel_size', kernel],
    ['stride', stride, 1],
    ['padding', own, 0],
    ['dilation', dilation, 1],
    ['groups', given.groups, 1],
    ['bias', given.bias, true],
  );
  const before = odd ? [Math.floor(reach / 2), Math.ceil(reach / 2)] : undefined;
  const padding1d = before && call('nn.ZeroPad1d', ['padding', before]);
  const module = call(
    'Transposed',
    ['layer', padding1d === undefined ? layer : call('nn.Sequential', ['pad', padding1d], ['layer', layer])],
    ['past', past, 0],
  );
  const below = padding1d === undefined ? 'layer.' : 'layer.1.';
  return {
    module,
    weights: { kernel: { parameter: `${below}weight`, permutation: [2, 1, 0] }, bias: { parameter: `${below}bias` } },
    runtime: ['Transposed'],
  };
}

export const convolution = [
  inPytorch(conv2d, ({ parameters, types }) =>
    imageConvolution({ ...parameters, channels: lastSize(typeAt(types, 'input')) }),
  ),
  inPytorch(depthwiseConv2d, ({ parameters, types }) => {
    const channels = lastSize(typeAt(types, 'input'));
    return imageConvolution({ ...parameters, channels, filters: channels * parameters.multiplier, groups: channels });
  }),
  inPytorch(separableConv2d, ({ parameters, types }) => {
    const channels = lastSize(typeAt(types, 'input'));
    const between = channels * parameters.multiplier;
    const depthwise = imageConvolution({ ...parameters, channels, filters: between, groups: channels, bias: false });
    if (depthwise.module === undefined) throw new Error('A convolution is a module');
    const pointwise = call(
      'nn.Conv2d',
      ['in_channels', between],
      ['out_channels', parameters.filters],
      ['kernel_size', 1],
      ['bias', parameters.bias, true],
    );
    return {
      module: call('nn.Sequential', ['depthwise', depthwise.module], ['pointwise', pointwise]),
      weights: {
        depthwise: { parameter: `0.${depthwise.weights?.['kernel']?.parameter ?? ''}`, permutation: KERNEL },
        pointwise: { parameter: '1.weight', permutation: KERNEL },
        bias: { parameter: '1.bias' },
      },
    };
  }),
  inPytorch(convTranspose2d, ({ parameters, types }) => {
    const { filters, kernel, stride, dilation, groups, bias } = parameters;
    const { top, bottom, left, right } = padsOf(parameters);
    const end = (axis: 0 | 1): number =>
      parameters.padding === 'same' ? stride[axis] - 1 : parameters.outputPadding[axis];
    const ends = [end(0) - (bottom - top), end(1) - (right - left)] as const;
    const layer = call(
      'nn.ConvTranspose2d',
      ['in_channels', lastSize(typeAt(types, 'input'))],
      ['out_channels', filters],
      ['kernel_size', compact(kernel)],
      ['stride', compact(stride), 1],
      ['padding', compact([top, left]), 0],
      ['output_padding', compact(ends.map((size) => Math.max(0, size))), 0],
      ['dilation', compact(dilation), 1],
      ['groups', groups, 1],
      ['bias', bias, true],
    );
    // A negative end cuts what PyTorch cannot leave out.
    const cut = ends.some((size) => size < 0);
    const below = cut ? '0.' : '';
    return {
      module: cut
        ? call(
            'nn.Sequential',
            ['layer', layer],
            ['crop', call('nn.ZeroPad2d', ['padding', [0, Math.min(0, ends[1]), 0, Math.min(0, ends[0])]])],
          )
        : layer,
      weights: {
        kernel: { parameter: `${below}weight`, permutation: [3, 2, 0, 1] },
        bias: { parameter: `${below}bias` },
      },
    };
  }),
  inPytorch(conv1d, ({ parameters, types }) =>
    sequenceConvolution({ ...parameters, features: lastSize(typeAt(types, 'input')) }),
  ),
  inPytorch(depthwiseConv1d, ({ parameters, types }) => {
    const features = sizeOrThrow(sizeOf(typeAt(types, 'input'), 'features'));
    return sequenceConvolution({
      ...parameters,
      features,
      filters: features * parameters.multiplier,
      groups: features,
    });
  }),
];
