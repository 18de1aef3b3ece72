import { isImage } from '../../../core/shape.ts';
import { adaptiveAveragePooling2d } from '../../../ops/pooling/adaptiveAveragePooling2d.ts';
import { adaptiveMaxPooling2d } from '../../../ops/pooling/adaptiveMaxPooling2d.ts';
import { averagePooling1d } from '../../../ops/pooling/averagePooling1d.ts';
import { averagePooling2d } from '../../../ops/pooling/averagePooling2d.ts';
import { globalAveragePooling } from '../../../ops/pooling/globalAveragePooling.ts';
import { globalMaxPooling } from '../../../ops/pooling/globalMaxPooling.ts';
import { maxPooling1d } from '../../../ops/pooling/maxPooling1d.ts';
import { maxPooling2d } from '../../../ops/pooling/maxPooling2d.ts';
import { compact, typeAt } from '../../python/portTypes.ts';
import { call, py } from '../../python/pythonCode.ts';
import { inPytorch } from '../pytorchOp.ts';
import { padded, paddingOf } from './sizes.ts';

/** PyTorch's pools refuse a padding of more than half the window. */
const halfOf = (kernel: readonly number[]): readonly number[] => kernel.map((size) => Math.floor(size / 2));

interface SequenceWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid' | 'causal' | number;
}

function padsAlong({ kernel, padding }: SequenceWindow): readonly [number, number] {
  if (typeof padding === 'number') return [padding, padding];
  if (padding === 'valid') return [0, 0];
  return padding === 'causal' ? [kernel - 1, 0] : [Math.floor((kernel - 1) / 2), Math.ceil((kernel - 1) / 2)];
}

/** A pool along a sequence as one over an image of one column, which has a layer for every padding. */
function asColumn(window: SequenceWindow): readonly [number, number, number, number] {
  const [before, after] = padsAlong(window);
  return [0, 0, before, after];
}

export const pooling = [
  inPytorch(maxPooling2d, ({ parameters }) => {
    const { kernel, stride } = parameters;
    const padding = paddingOf(parameters, halfOf(kernel));
    const layer = call(
      'nn.MaxPool2d',
      ['kernel_size', compact(kernel)],
      ['stride', compact(stride), null],
      ['padding', 'own' in padding ? padding.own : 0, 0],
    );
    return { module: 'own' in padding ? layer : padded(padding.before, -Infinity, layer) };
  }),
  inPytorch(averagePooling2d, ({ parameters }) => {
    const { kernel, stride } = parameters;
    const padding = paddingOf(parameters, halfOf(kernel));
    if ('before' in padding) {
      return {
        module: call(
          'PaddedAvgPool2d',
          ['kernel_size', compact(kernel)],
          ['stride', compact(stride)],
          ['padding', padding.before],
        ),
        runtime: ['PaddedAvgPool2d'],
      };
    }
    return {
      module: call(
        'nn.AvgPool2d',
        ['kernel_size', compact(kernel)],
        ['stride', compact(stride), null],
        ['padding', padding.own, 0],
        ['count_include_pad', padding.own === 0, true],
      ),
    };
  }),
  inPytorch(maxPooling1d, ({ parameters, inputs, module }) => {
    const { kernel, stride } = parameters;
    const layer = call('nn.MaxPool2d', ['kernel_size', [kernel, 1]], ['stride', [stride, 1], null]);
    return {
      module: padded(asColumn(parameters), -Infinity, layer),
      forward: py`${module}(${inputs['input'] ?? ''}.transpose(1, 2).unsqueeze(-1)).squeeze(-1).transpose(1, 2)`,
    };
  }),
  inPytorch(averagePooling1d, ({ parameters, inputs, module }) => {
    const { kernel, stride } = parameters;
    return {
      module: call(
        'PaddedAvgPool2d',
        ['kernel_size', [kernel, 1]],
        ['stride', [stride, 1]],
        ['padding', asColumn(parameters)],
      ),
      forward: py`${module}(${inputs['input'] ?? ''}.transpose(1, 2).unsqueeze(-1)).squeeze(-1).transpose(1, 2)`,
      runtime: ['PaddedAvgPool2d'],
    };
  }),
  inPytorch(globalAveragePooling, ({ types, inputs }) => ({
    forward: py`${inputs['input'] ?? ''}.mean(dim=${isImage(typeAt(types, 'input')) ? '(2, 3)' : '1'})`,
  })),
  inPytorch(globalMaxPooling, ({ types, inputs }) => ({
    forward: py`${inputs['input'] ?? ''}.amax(dim=${isImage(typeAt(types, 'input')) ? '(2, 3)' : '1'})`,
  })),
  inPytorch(adaptiveAveragePooling2d, ({ parameters }) => ({
    module: call('nn.AdaptiveAvgPool2d', ['output_size', compact(parameters.size)]),
  })),
  inPytorch(adaptiveMaxPooling2d, ({ parameters }) => ({
    module: call('nn.AdaptiveMaxPool2d', ['output_size', compact(parameters.size)]),
  })),
];
