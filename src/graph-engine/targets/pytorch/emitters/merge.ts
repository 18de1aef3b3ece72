import { isImage, isSequence } from '../../../core/shape.ts';
import { add } from '../../../ops/merge/add.ts';
import { concatenate } from '../../../ops/merge/concatenate.ts';
import { multiply } from '../../../ops/merge/multiply.ts';
import { multiplyBy } from '../../../ops/merge/multiplyBy.ts';
import { scale } from '../../../ops/merge/scale.ts';
import { subtract } from '../../../ops/merge/subtract.ts';
import { dense } from '../../../ops/dense/dense.ts';
import { dropPath } from '../../../ops/regularization/dropPath.ts';
import { dropout } from '../../../ops/regularization/dropout.ts';
import { spatialDropout } from '../../../ops/regularization/spatialDropout.ts';
import { lastSize, typeAt } from '../../python/portTypes.ts';
import { call, py, slot } from '../../python/pythonCode.ts';
import { inPytorch } from '../pytorchOp.ts';
import { lastDim } from './sizes.ts';

export const merge = [
  inPytorch(add, ({ inputs: { a = '', b = '' } }) => ({ forward: py`${a} + ${b}` })),
  inPytorch(subtract, ({ inputs: { a = '', b = '' } }) => ({ forward: py`${a} - ${b}` })),
  inPytorch(multiply, ({ inputs: { a = '', b = '' }, types }) => {
    const [left, right] = [typeAt(types, 'a'), typeAt(types, 'b')];
    const isGate = right.axes.length === 1 && left.axes.length > 1;
    const places = isImage(left) ? '[:, :, None, None]' : '[:, None]';
    return { forward: py`${a} * ${b}${isGate ? places : ''}` };
  }),
  inPytorch(multiplyBy, ({ parameters, inputs }) => ({
    forward: py`${slot('factor', parameters.factor)} * ${inputs['input'] ?? ''}`,
  })),
  inPytorch(concatenate, ({ inputs: { a = '', b = '' }, types }) => ({
    forward: py`torch.cat((${a}, ${b}), dim=${String(lastDim(typeAt(types, 'a')))})`,
  })),
  inPytorch(scale, ({ parameters: { per, initial }, types }) => {
    const input = typeAt(types, 'input');
    const count = per === 'tensor' ? 1 : lastSize(input);
    const shape = per === 'channel' && isImage(input) ? [count, 1, 1] : [count];
    return {
      module: call('Scale', ['shape', shape], ['initial', initial, 0]),
      weights: { alpha: { parameter: 'alpha', dims: shape } },
      runtime: ['Scale'],
    };
  }),
  inPytorch(dense, ({ parameters: { units, bias }, types }) => ({
    module: call(
      'nn.Linear',
      ['in_features', lastSize(typeAt(types, 'input'))],
      ['out_features', units],
      ['bias', bias, true],
    ),
    weights: { kernel: { parameter: 'weight', permutation: [1, 0] }, bias: { parameter: 'bias' } },
  })),
  inPytorch(dropout, ({ parameters }) => ({ module: call('nn.Dropout', ['p', parameters.rate, 0.5]) })),
  inPytorch(spatialDropout, ({ parameters, types }) => {
    if (!isSequence(typeAt(types, 'input'))) return { module: call('nn.Dropout2d', ['p', parameters.rate, 0.5]) };
    return {
      module: call('Transposed', ['layer', call('nn.Dropout1d', ['p', parameters.rate, 0.5])]),
      runtime: ['Transposed'],
    };
  }),
  inPytorch(dropPath, ({ parameters }) => ({
    module: call('DropPath', ['rate', parameters.rate]),
    runtime: ['DropPath'],
  })),
];
