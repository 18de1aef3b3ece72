import { batchNormalization } from '../../../ops/normalization/batchNormalization.ts';
import { groupNormalization } from '../../../ops/normalization/groupNormalization.ts';
import { instanceNormalization } from '../../../ops/normalization/instanceNormalization.ts';
import { layerNormalization } from '../../../ops/normalization/layerNormalization.ts';
import { rmsNormalization } from '../../../ops/normalization/rmsNormalization.ts';
import { call } from '../../python/pythonCode.ts';
import { inKeras } from '../kerasOp.ts';

const scaledAndShifted = { scale: { parameter: 'gamma' }, offset: { parameter: 'beta' } };
/** Keras's default, which is not ours. */
const EPSILON = 1e-3;

export const normalization = [
  inKeras(batchNormalization, ({ parameters: { momentum, epsilon, initialScale } }) => ({
    module: call(
      'layers.BatchNormalization',
      // Keras says how much of the old averages stays.
      ['momentum', 1 - momentum, 0.99],
      ['epsilon', epsilon, EPSILON],
      ['gamma_initializer', initialScale === 0 ? 'zeros' : 'ones', 'ones'],
    ),
    weights: {
      ...scaledAndShifted,
      runningMean: { parameter: 'moving_mean' },
      runningVariance: { parameter: 'moving_variance' },
    },
  })),
  inKeras(groupNormalization, ({ parameters: { groups, epsilon } }) => ({
    module: call('layers.GroupNormalization', ['groups', groups, 32], ['epsilon', epsilon, EPSILON]),
    weights: scaledAndShifted,
  })),
  inKeras(instanceNormalization, ({ parameters: { affine, epsilon } }) => ({
    // As many groups as there are channels.
    module: call(
      'layers.GroupNormalization',
      ['groups', -1, 32],
      ['epsilon', epsilon, EPSILON],
      ['center', affine, true],
      ['scale', affine, true],
    ),
    weights: scaledAndShifted,
  })),
  inKeras(layerNormalization, ({ parameters: { epsilon } }) => ({
    module: call('layers.LayerNormalization', ['epsilon', epsilon, EPSILON]),
    weights: scaledAndShifted,
  })),
  inKeras(rmsNormalization, ({ parameters: { epsilon } }) => ({
    module: call('layers.RMSNormalization', ['epsilon', epsilon, 1e-6]),
    weights: { scale: { parameter: 'scale' } },
  })),
];
