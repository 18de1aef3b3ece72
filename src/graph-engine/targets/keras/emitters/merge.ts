import { isImage, isSequence } from '../../../core/shape.ts';
import { dense } from '../../../ops/dense/dense.ts';
import { add } from '../../../ops/merge/add.ts';
import { concatenate } from '../../../ops/merge/concatenate.ts';
import { multiply } from '../../../ops/merge/multiply.ts';
import { multiplyBy } from '../../../ops/merge/multiplyBy.ts';
import { scale } from '../../../ops/merge/scale.ts';
import { subtract } from '../../../ops/merge/subtract.ts';
import { dropPath } from '../../../ops/regularization/dropPath.ts';
import { dropout } from '../../../ops/regularization/dropout.ts';
import { spatialDropout } from '../../../ops/regularization/spatialDropout.ts';
import { lastSize, typeAt } from '../../python/portTypes.ts';
import { call, py, slot } from '../../python/pythonCode.ts';
import { inKeras } from '../kerasOp.ts';

export const merge = [
  inKeras(add, ({ inputs: { a = '', b = '' } }) => ({ forward: py`${a} + ${b}` })),
  inKeras(subtract, ({ inputs: { a = '', b = '' } }) => ({ forward: py`${a} - ${b}` })),
  inKeras(multiply, ({ inputs: { a = '', b = '' }, types }) => {
    const [left, right] = [typeAt(types, 'a'), typeAt(types, 'b')];
    const isGate = right.axes.length === 1 && left.axes.length > 1;
    const places = isImage(left) ? '[:, None, None]' : '[:, None]';
    return { forward: py`${a} * ${b}${isGate ? places : ''}` };
  }),
  inKeras(multiplyBy, ({ parameters, inputs }) => ({
    forward: py`${slot('factor', parameters.factor)} * ${inputs['input'] ?? ''}`,
  })),
  inKeras(concatenate, ({ inputs: { a = '', b = '' } }) => ({ forward: py`ops.concatenate((${a}, ${b}), axis=-1)` })),
  inKeras(scale, ({ parameters: { per, initial }, types }) => {
    const count = per === 'tensor' ? 1 : lastSize(typeAt(types, 'input'));
    return {
      module: call('Scale', ['features', count], ['initial', initial, 0]),
      weights: { alpha: { parameter: 'alpha', dims: [count] } },
      runtime: ['Scale'],
    };
  }),
  inKeras(dense, ({ parameters: { units, bias } }) => ({
    module: call('layers.Dense', ['units', units], ['use_bias', bias, true]),
    weights: { kernel: { parameter: 'kernel' }, bias: { parameter: 'bias' } },
  })),
  inKeras(dropout, ({ parameters }) => ({ module: call('layers.Dropout', ['rate', parameters.rate]) })),
  inKeras(spatialDropout, ({ parameters, types }) => ({
    module: call(isSequence(typeAt(types, 'input')) ? 'layers.SpatialDropout1D' : 'layers.SpatialDropout2D', [
      'rate',
      parameters.rate,
    ]),
  })),
  inKeras(dropPath, ({ parameters }) => ({
    module: call('DropPath', ['rate', parameters.rate]),
    runtime: ['DropPath'],
  })),
];
