import type { TensorType } from '../../../core/shape.ts';
import { sizeOf } from '../../../core/shape.ts';
import { onnxAxis } from '../../../ops/arrangement/axes.ts';
import { crop2d } from '../../../ops/arrangement/crop2d.ts';
import { cropToMatch } from '../../../ops/arrangement/cropToMatch.ts';
import { flatten } from '../../../ops/arrangement/flatten.ts';
import { imageToSequence } from '../../../ops/arrangement/imageToSequence.ts';
import { pad2d } from '../../../ops/arrangement/pad2d.ts';
import { padChannels } from '../../../ops/arrangement/padChannels.ts';
import { permute } from '../../../ops/arrangement/permute.ts';
import { pixelShuffle } from '../../../ops/arrangement/pixelShuffle.ts';
import { reduce } from '../../../ops/arrangement/reduce.ts';
import { reshape } from '../../../ops/arrangement/reshape.ts';
import { selectPosition } from '../../../ops/arrangement/selectPosition.ts';
import { slice } from '../../../ops/arrangement/slice.ts';
import { split } from '../../../ops/arrangement/split.ts';
import { upsampling2d } from '../../../ops/arrangement/upsampling2d.ts';
import { channelsFirstOrder } from '../../onnx/channelsFirst.ts';
import { compact, lastSize, sizeOrThrow, typeAt } from '../../python/portTypes.ts';
import { call, py, slot, type Expression } from '../../python/pythonCode.ts';
import { inPytorch } from '../pytorchOp.ts';

/** Sizes in PyTorch's order, as slots with the names of their axes, joined by commas. */
function sizesOf(type: TensorType): Expression {
  return channelsFirstOrder(type).reduce<Expression>((list, index) => {
    const axis = type.axes[index];
    if (axis === undefined) throw new Error('unreachable: the order names the type’s own axes');
    return py`${list}, ${slot(axis.name, sizeOrThrow(axis.size))}`;
  }, []);
}

export const arrangement = [
  inPytorch(flatten, ({ inputs }) => ({ forward: py`${inputs['input'] ?? ''}.flatten(1)` })),
  inPytorch(reshape, ({ inputs, outputs }) => ({
    forward: py`${inputs['input'] ?? ''}.reshape(-1${sizesOf(typeAt(outputs, 'output'))})`,
  })),
  inPytorch(imageToSequence, ({ parameters, inputs }) => ({
    forward:
      parameters.positions === 'pixels'
        ? py`${inputs['input'] ?? ''}.flatten(2).transpose(1, 2)`
        : py`${inputs['input'] ?? ''}.transpose(1, 2).flatten(2)`,
  })),
  inPytorch(permute, ({ parameters: { first, second }, types, inputs }) => {
    const [a, b] = [onnxAxis(typeAt(types, 'input'), first), onnxAxis(typeAt(types, 'input'), second)];
    return { forward: py`${inputs['input'] ?? ''}.transpose(${String(Math.min(a, b))}, ${String(Math.max(a, b))})` };
  }),
  inPytorch(pixelShuffle, ({ parameters }) => ({
    module: call('nn.PixelShuffle', ['upscale_factor', parameters.factor]),
  })),
  inPytorch(upsampling2d, ({ parameters: { factor, interpolation, alignCorners } }) => ({
    module: call(
      'nn.Upsample',
      ['scale_factor', compact(factor), null],
      ['mode', interpolation, 'nearest'],
      ['align_corners', interpolation === 'bilinear' && alignCorners ? true : null, null],
    ),
  })),
  inPytorch(pad2d, ({ parameters: { top, bottom, left, right, mode, value } }) => {
    const sides = [left, right, top, bottom];
    if (mode === 'reflect') return { module: call('nn.ReflectionPad2d', ['padding', sides]) };
    if (mode === 'replicate') return { module: call('nn.ReplicationPad2d', ['padding', sides]) };
    return { module: call('nn.ConstantPad2d', ['padding', sides], ['value', value]) };
  }),
  inPytorch(crop2d, ({ parameters: { top, bottom, left, right } }) => ({
    module: call('nn.ZeroPad2d', ['padding', [left, right, top, bottom].map((size) => (size === 0 ? 0 : -size))]),
  })),
  inPytorch(cropToMatch, ({ inputs: { input = '', like = '' } }) => ({
    forward: py`crop_to_match(${input}, ${like})`,
    runtime: ['crop_to_match'],
  })),
  inPytorch(padChannels, ({ parameters, types }) => {
    const added = parameters.channels - lastSize(typeAt(types, 'input'));
    const before = Math.floor(added / 2);
    return { module: call('nn.ConstantPad3d', ['padding', [0, 0, 0, 0, before, added - before]], ['value', 0]) };
  }),
  inPytorch(split, ({ parameters, types, outputs, inputs }) => {
    const axis = onnxAxis(typeAt(types, 'input'), parameters.axis);
    const sizeIn = (port: string): number => sizeOrThrow(sizeOf(typeAt(outputs, port), parameters.axis));
    const [first, second] = [sizeIn('first'), sizeIn('second')];
    const x = inputs['input'] ?? '';
    return {
      forward: {
        first: py`${x}.narrow(${String(axis)}, 0, ${slot('first_size', first)})`,
        second: py`${x}.narrow(${String(axis)}, ${slot('first_size', first)}, ${slot('second_size', second)})`,
      },
    };
  }),
  inPytorch(slice, ({ parameters: { axis, start }, types, outputs, inputs }) => {
    const input = typeAt(types, 'input');
    const size = sizeOrThrow(sizeOf(input, axis));
    const from = start < 0 ? start + size : start;
    const count = sizeOrThrow(sizeOf(typeAt(outputs, 'output'), axis));
    const place = String(onnxAxis(input, axis));
    return { forward: py`${inputs['input'] ?? ''}.narrow(${place}, ${slot('start', from)}, ${slot('count', count)})` };
  }),
  inPytorch(selectPosition, ({ parameters, inputs }) => ({
    forward: py`${inputs['input'] ?? ''}.select(1, ${slot('position', parameters.position)})`,
  })),
  inPytorch(reduce, ({ parameters: { by, axis }, types, inputs }) => {
    const input = typeAt(types, 'input');
    const reduced = { mean: 'mean', sum: 'sum', maximum: 'amax' }[by];
    const dim = onnxAxis(input, axis);
    return { forward: py`${inputs['input'] ?? ''}.${reduced}(dim=${String(dim)})` };
  }),
];
