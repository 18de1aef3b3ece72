import { isImage, sizeOf, type TensorType } from '../../../core/shape.ts';
import { axisIndex } from '../../../ops/arrangement/axes.ts';
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
import type { AxisName } from '../../../core/shape.ts';
import { channelsFirstOrder } from '../../onnx/channelsFirst.ts';
import { compact, lastSize, sizeOrThrow, typeAt } from '../../python/portTypes.ts';
import { call, py, slot, type Expression } from '../../python/pythonCode.ts';
import { inKeras } from '../kerasOp.ts';
import type { RuntimePart } from '../runtime.ts';

/** Sizes with the channels first, as slots with the names of their axes, joined by commas. */
function sizesOf(type: TensorType): Expression {
  return channelsFirstOrder(type).reduce<Expression>((list, index) => {
    const axis = type.axes[index];
    if (axis === undefined) throw new Error('unreachable: the order names the type’s own axes');
    return py`${list}, ${slot(axis.name, sizeOrThrow(axis.size))}`;
  }, []);
}

const axisAt = (type: TensorType, name: AxisName): number => {
  const index = axisIndex(type, name);
  if (index === undefined) throw new Error(`There is no axis ${name}`);
  return index;
};

/** `x[:, :, from:to]`, along the axis that `place` counts. */
function part(x: string, place: number, range: Expression): Expression {
  return py`${x}[${':, '.repeat(place)}${range}]`;
}

const sides = (before: number, after: number): readonly [number, number] => [before, after];

export const arrangement = [
  inKeras(flatten, ({ types, inputs, module }) => {
    if (!isImage(typeAt(types, 'input'))) return { module: call('layers.Flatten') };
    // Channel by channel, as PyTorch has it and as the weights behind it expect.
    return {
      module: call('layers.Flatten'),
      forward: py`${module}(channels_first(${inputs['input'] ?? ''}))`,
      runtime: ['channels_first'],
    };
  }),
  inKeras(reshape, ({ types, inputs, outputs }) => {
    const runtime: RuntimePart[] = [];
    let value = py`${inputs['input'] ?? ''}`;
    if (isImage(typeAt(types, 'input'))) {
      value = py`channels_first(${value})`;
      runtime.push('channels_first');
    }
    const output = typeAt(outputs, 'output');
    value = py`ops.reshape(${value}, (-1${sizesOf(output)}))`;
    if (isImage(output)) {
      value = py`channels_last(${value})`;
      runtime.push('channels_last');
    }
    return { forward: value, runtime };
  }),
  inKeras(imageToSequence, ({ parameters, inputs, outputs }) => {
    const output = typeAt(outputs, 'output');
    const x = inputs['input'] ?? '';
    const rows = parameters.positions === 'pixels' ? py`${x}` : py`ops.transpose(${x}, (0, 1, 3, 2))`;
    return { forward: py`ops.reshape(${rows}, (-1${sizesOf(output)}))` };
  }),
  inKeras(permute, ({ parameters: { first, second }, types, inputs }) => {
    const [a, b] = [axisAt(typeAt(types, 'input'), first), axisAt(typeAt(types, 'input'), second)];
    return {
      forward: py`ops.swapaxes(${inputs['input'] ?? ''}, ${String(Math.min(a, b))}, ${String(Math.max(a, b))})`,
    };
  }),
  inKeras(pixelShuffle, ({ parameters, inputs }) => ({
    forward: py`pixel_shuffle(${inputs['input'] ?? ''}, ${slot('factor', parameters.factor)})`,
    runtime: ['pixel_shuffle'],
  })),
  inKeras(upsampling2d, ({ parameters: { factor, interpolation, alignCorners }, inputs }) => {
    if (interpolation === 'bilinear' && alignCorners) {
      return {
        forward: py`resize_aligned(${inputs['input'] ?? ''}, ${slot('factors', factor)})`,
        runtime: ['resize_aligned'],
      };
    }
    return {
      module: call('layers.UpSampling2D', ['size', compact(factor), 2], ['interpolation', interpolation, 'nearest']),
    };
  }),
  inKeras(pad2d, ({ parameters: { top, bottom, left, right, mode, value }, inputs }) => {
    const x = inputs['input'] ?? '';
    const [rows, columns] = [slot('rows', sides(top, bottom)), slot('columns', sides(left, right))];
    if (mode === 'replicate') return { forward: py`pad_edges(${x}, ${rows}, ${columns})`, runtime: ['pad_edges'] };
    const around = py`((0, 0), ${rows}, ${columns}, (0, 0))`;
    if (mode === 'reflect') return { forward: py`ops.pad(${x}, ${around}, "reflect")` };
    return { forward: py`ops.pad(${x}, ${around}, constant_values=${slot('value', value)})` };
  }),
  inKeras(crop2d, ({ parameters: { top, bottom, left, right } }) => ({
    module: call('layers.Cropping2D', ['cropping', [sides(top, bottom), sides(left, right)]]),
  })),
  inKeras(cropToMatch, ({ inputs: { input = '', like = '' } }) => ({
    forward: py`crop_to_match(${input}, ${like})`,
    runtime: ['crop_to_match'],
  })),
  inKeras(padChannels, ({ parameters, types, inputs }) => {
    const added = parameters.channels - lastSize(typeAt(types, 'input'));
    const before = Math.floor(added / 2);
    const channels = slot('added_channels', sides(before, added - before));
    return { forward: py`ops.pad(${inputs['input'] ?? ''}, ((0, 0), (0, 0), (0, 0), ${channels}))` };
  }),
  inKeras(split, ({ parameters, types, outputs, inputs }) => {
    const axis = axisAt(typeAt(types, 'input'), parameters.axis);
    const first = slot('first_size', sizeOrThrow(sizeOf(typeAt(outputs, 'first'), parameters.axis)));
    const x = inputs['input'] ?? '';
    return { forward: { first: part(x, axis, py`:${first}`), second: part(x, axis, py`${first}:`) } };
  }),
  inKeras(slice, ({ parameters: { axis, start }, types, outputs, inputs }) => {
    const input = typeAt(types, 'input');
    const from = start < 0 ? start + sizeOrThrow(sizeOf(input, axis)) : start;
    const count = sizeOrThrow(sizeOf(typeAt(outputs, 'output'), axis));
    const range = py`${slot('start', from)}:${slot('stop', from + count)}`;
    return { forward: part(inputs['input'] ?? '', axisAt(input, axis), range) };
  }),
  inKeras(selectPosition, ({ parameters, inputs }) => ({
    forward: py`${inputs['input'] ?? ''}[:, ${slot('position', parameters.position)}]`,
  })),
  inKeras(reduce, ({ parameters: { by, axis }, types, inputs }) => {
    const reduced = { mean: 'mean', sum: 'sum', maximum: 'max' }[by];
    const place = axisAt(typeAt(types, 'input'), axis);
    return { forward: py`ops.${reduced}(${inputs['input'] ?? ''}, axis=${String(place)})` };
  }),
];
