import { isImage, isSequence } from '../../../core/shape.ts';
import { batchNormalization } from '../../../ops/normalization/batchNormalization.ts';
import { groupNormalization } from '../../../ops/normalization/groupNormalization.ts';
import { instanceNormalization } from '../../../ops/normalization/instanceNormalization.ts';
import { layerNormalization } from '../../../ops/normalization/layerNormalization.ts';
import { rmsNormalization } from '../../../ops/normalization/rmsNormalization.ts';
import { lastSize, typeAt } from '../../python/portTypes.ts';
import { call, type Call } from '../../python/pythonCode.ts';
import type { SourceWeight } from '../../python/sourceOp.ts';
import { inPytorch, type PytorchOp } from '../pytorchOp.ts';
import type { TensorType } from '../../../core/shape.ts';
import { alongSequence } from './sizes.ts';

function scaledAndShifted(below: string): Record<'scale' | 'offset', SourceWeight> {
  return { scale: { parameter: `${below}weight` }, offset: { parameter: `${below}bias` } };
}

function featuresFirst(
  type: TensorType,
  layer: Call,
  extra: (below: string) => Record<string, SourceWeight>,
): PytorchOp {
  const { module, below } = alongSequence(type, layer);
  return { module, weights: extra(below), ...(isSequence(type) && { runtime: ['Transposed'] }) };
}

export const normalization = [
  inPytorch(batchNormalization, ({ parameters: { momentum, epsilon }, types }) => {
    const input = typeAt(types, 'input');
    const layer = call(
      isImage(input) ? 'nn.BatchNorm2d' : 'nn.BatchNorm1d',
      ['num_features', lastSize(input)],
      ['eps', epsilon, 1e-5],
      ['momentum', momentum, 0.1],
    );
    return featuresFirst(input, layer, (below) => ({
      ...scaledAndShifted(below),
      runningMean: { parameter: `${below}running_mean` },
      runningVariance: { parameter: `${below}running_var` },
    }));
  }),
  inPytorch(groupNormalization, ({ parameters: { groups, epsilon }, types }) => {
    const input = typeAt(types, 'input');
    const layer = call(
      'nn.GroupNorm',
      ['num_groups', groups],
      ['num_channels', lastSize(input)],
      ['eps', epsilon, 1e-5],
    );
    return featuresFirst(input, layer, scaledAndShifted);
  }),
  inPytorch(instanceNormalization, ({ parameters: { affine, epsilon }, types }) => {
    const input = typeAt(types, 'input');
    const layer = call(
      isImage(input) ? 'nn.InstanceNorm2d' : 'nn.InstanceNorm1d',
      ['num_features', lastSize(input)],
      ['eps', epsilon, 1e-5],
      ['affine', affine, false],
    );
    return featuresFirst(input, layer, scaledAndShifted);
  }),
  inPytorch(layerNormalization, ({ parameters: { epsilon }, types }) => {
    const input = typeAt(types, 'input');
    const name = isImage(input) ? 'LayerNorm2d' : 'nn.LayerNorm';
    return {
      module: call(name, ['normalized_shape', lastSize(input)], ['eps', epsilon, 1e-5]),
      weights: scaledAndShifted(''),
      ...(isImage(input) && { runtime: ['LayerNorm2d'] }),
    };
  }),
  inPytorch(rmsNormalization, ({ parameters: { epsilon }, types }) => {
    const input = typeAt(types, 'input');
    const name = isImage(input) ? 'RMSNorm2d' : 'nn.RMSNorm';
    return {
      // PyTorch's default is the machine's own epsilon, so ours is always written.
      module: call(name, ['normalized_shape', lastSize(input)], ['eps', epsilon, null]),
      weights: { scale: { parameter: 'weight' } },
      ...(isImage(input) && { runtime: ['RMSNorm2d'] }),
    };
  }),
];
