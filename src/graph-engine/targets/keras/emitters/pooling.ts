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
import { call, type Literal } from '../../python/pythonCode.ts';
import { inKeras, type KerasOp } from '../kerasOp.ts';
import { padsAlong, paddingOf } from './padding.ts';

type Pool = 'MaxPooling1D' | 'MaxPooling2D' | 'AveragePooling1D' | 'AveragePooling2D';

function pool(layer: Pool, size: Literal, strides: Literal, padding: Literal): KerasOp {
  if (padding === 0) return { module: call(`layers.${layer}`, ['pool_size', size], ['strides', strides, null]) };
  return {
    module: call(`Padded${layer}`, ['pool_size', size], ['strides', strides, null], ['padding', padding, 0]),
    runtime: ['Padded', `Padded${layer}`],
  };
}

function alongSequence(window: Parameters<typeof padsAlong>[0]): Literal {
  const [before, after] = padsAlong(window);
  return before === after ? before : [[before, after]];
}

const globalPool = (kind: 'Average' | 'Max', ofImage: boolean): KerasOp => ({
  module: call(`layers.Global${kind}Pooling${ofImage ? 2 : 1}D`),
});

export const pooling = [
  inKeras(maxPooling2d, ({ parameters }) =>
    pool('MaxPooling2D', compact(parameters.kernel), compact(parameters.stride), paddingOf(parameters)),
  ),
  inKeras(averagePooling2d, ({ parameters }) =>
    pool('AveragePooling2D', compact(parameters.kernel), compact(parameters.stride), paddingOf(parameters)),
  ),
  inKeras(maxPooling1d, ({ parameters }) =>
    pool('MaxPooling1D', parameters.kernel, parameters.stride, alongSequence(parameters)),
  ),
  inKeras(averagePooling1d, ({ parameters }) =>
    pool('AveragePooling1D', parameters.kernel, parameters.stride, alongSequence(parameters)),
  ),
  inKeras(globalAveragePooling, ({ types }) => globalPool('Average', isImage(typeAt(types, 'input')))),
  inKeras(globalMaxPooling, ({ types }) => globalPool('Max', isImage(typeAt(types, 'input')))),
  inKeras(adaptiveAveragePooling2d, ({ parameters }) => ({
    module: call('layers.AdaptiveAveragePooling2D', ['output_size', compact(parameters.size)]),
  })),
  inKeras(adaptiveMaxPooling2d, ({ parameters }) => ({
    module: call('layers.AdaptiveMaxPooling2D', ['output_size', compact(parameters.size)]),
  })),
];
