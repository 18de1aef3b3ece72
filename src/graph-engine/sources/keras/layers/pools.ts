import { isImage, isSequence, sizeOf } from '../../../core/shape.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import { channelsOf, LayerRefused } from '../kerasDrawing.ts';
import type { LayerCall, LayerDrawer } from '../layerCall.ts';
import { extentOf, isOurSame, samePads } from './convolutions.ts';

/** Smaller than anything that a network computes: what stands round an image before its maximum is taken. */
const LOWEST = -1_000_000;

/** Ops whose results are never below zero: zeros round them change no maximum. */
const nonNegative: ReadonlySet<string> = new Set(['relu', 'relu6', 'sigmoid', 'softmax', 'hardSigmoid']);

function pool2d(type: 'maxPooling2d' | 'averagePooling2d'): LayerDrawer {
  return (call) => {
    const kernel = call.pair('pool_size', [2, 2]);
    const stride = call.pair('strides', kernel);
    const padding = call.text('padding', 'valid');
    const input = call.image();
    const draw = (x: Bound, pads: string): Bound =>
      call.seen(call.drawing.one(type, { kernel: [...kernel], stride: [...stride], padding: pads }, { input: x }));
    const size = extentOf(input);
    const isOurs = ([0, 1] as const).every((axis) => isOurSame(size[axis], kernel[axis], stride[axis]));
    if (padding === 'valid' || isOurs) return draw(input, padding);
    if (type === 'averagePooling2d') {
      throw new LayerRefused(`padding="same" of ${size.join('×')} at stride ${stride.join('×')}`, 'padding="valid"');
    }
    const [[top, bottom], [left, right]] = [
      samePads(size[0], kernel[0], stride[0]),
      samePads(size[1], kernel[1], stride[1]),
    ];
    const value = nonNegative.has(input.source.node.op) ? 0 : LOWEST;
    return draw(call.seen(call.drawing.one('pad2d', { top, bottom, left, right, value }, { input })), 'valid');
  };
}

function pool1d(type: 'maxPooling1d' | 'averagePooling1d'): LayerDrawer {
  return (call) => {
    const kernel = call.single('pool_size', 2);
    const stride = call.single('strides', kernel);
    const padding = call.text('padding', 'valid');
    const input = call.sequence();
    const length = sizeOf(input.type, 'sequence') ?? 1;
    if (padding === 'same' && !isOurSame(length, kernel, stride)) {
      throw new LayerRefused(`padding="same" of ${length} positions at stride ${stride}`, 'padding="valid"');
    }
    return call.seen(call.drawing.one(type, { kernel, stride, padding }, { input }));
  };
}

function globalPool(type: 'globalAveragePooling' | 'globalMaxPooling', rank: number): LayerDrawer {
  return (call) => {
    return pooled(call, type, rank === 4 ? call.image() : call.sequence());
  };
}

function pooled(call: LayerCall, type: string, input: Bound): Bound {
  const y = call.drawing.one(type, {}, { input });
  if (!call.boolean('keepdims', false)) return y;
  const first = call.isChannelsFirst();
  if (!isImage(input.type)) return { ...y, view: first ? [[0], [1], []] : [[0], [], [1]] };
  return { ...y, view: first ? [[0], [1], [], []] : [[0], [], [], [1]] };
}

/** `keras.ops.mean` over all places. */
const mean: LayerDrawer = (call) => {
  const x = call.drawing.plain(call.input());
  const axes = call.layer.config['axis'];
  const wanted = isImage(x.type) ? '1,2' : isSequence(x.type) ? '1' : '';
  if (String(axes) !== wanted) throw new LayerRefused(`a mean along ${JSON.stringify(axes)}`, 'along all places');
  return pooled(call, 'globalAveragePooling', x);
};

const upSampling2d: LayerDrawer = (call) => {
  const interpolation = call.text('interpolation', 'nearest');
  if (interpolation !== 'nearest' && interpolation !== 'bilinear') {
    throw new LayerRefused(`interpolation="${interpolation}"`, 'nearest or bilinear');
  }
  const input = call.image();
  return call.seen(
    call.drawing.one('upsampling2d', { factor: [...call.pair('size', [2, 2])], interpolation }, { input }),
  );
};

/** Images in another size: that of the input where they come from there, else larger by whole factors. */
const resizing: LayerDrawer = (call) => {
  for (const key of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio'])
    if (call.boolean(key, false)) throw new LayerRefused(key, `${key}=false`);
  const x = call.image();
  const [height, width] = extentOf(x);
  const wanted = [call.number('height', height), call.number('width', width)] as const;
  if (wanted[0] === height && wanted[1] === width) return x;
  if (x.source.node.op === 'input') {
    call.drawing.notes.add(
      `"${call.layer.name}" was left out: images are brought to the size of the input here, ${wanted.join('×')}.`,
    );
    const parameters = { height: wanted[0], width: wanted[1], channels: channelsOf(x) };
    return call.seen(call.drawing.one('input', parameters, {}, {}, x.source.node.hint));
  }
  const interpolation = call.text('interpolation', 'bilinear');
  const factor = [wanted[0] / height, wanted[1] / width];
  if (!factor.every(Number.isInteger) || !['nearest', 'bilinear'].includes(interpolation)) {
    throw new LayerRefused(
      `${height}×${width} to ${wanted.join('×')}, interpolation="${interpolation}"`,
      'a whole factor, nearest or bilinear',
    );
  }
  return call.seen(call.drawing.one('upsampling2d', { factor, interpolation }, { input: x }));
};

/** Sizes on each side: `[[top, bottom], [left, right]]`, one pair for both, or one number for all. */
function sidesOf(call: LayerCall, key: string) {
  const value = call.layer.config[key];
  const sides = (one: unknown): readonly [number, number] => {
    if (typeof one === 'number') return [one, one];
    const [first, second] = Array.isArray(one) ? (one as readonly unknown[]) : [];
    if (typeof first !== 'number' || typeof second !== 'number')
      throw new LayerRefused(`${key}=${JSON.stringify(value)}`);
    return [first, second];
  };
  const [vertical, horizontal] = Array.isArray(value) ? (value as readonly unknown[]) : [value, value];
  const [top, bottom] = sides(vertical);
  const [left, right] = sides(horizontal);
  return { top, bottom, left, right };
}

function moved(type: 'pad2d' | 'crop2d', key: string): LayerDrawer {
  return (call) => {
    const input = call.image();
    const sides = sidesOf(call, key);
    if (Object.values(sides).every((size) => size === 0)) return call.seen(input);
    return call.seen(call.drawing.one(type, sides, { input }));
  };
}

/** Drawers of pools and of what makes images larger or smaller, by their class. */
export const poolDrawers: Readonly<Record<string, LayerDrawer>> = {
  MaxPooling2D: pool2d('maxPooling2d'),
  MaxPool2D: pool2d('maxPooling2d'),
  AveragePooling2D: pool2d('averagePooling2d'),
  AvgPool2D: pool2d('averagePooling2d'),
  MaxPooling1D: pool1d('maxPooling1d'),
  AveragePooling1D: pool1d('averagePooling1d'),
  GlobalAveragePooling2D: globalPool('globalAveragePooling', 4),
  GlobalMaxPooling2D: globalPool('globalMaxPooling', 4),
  GlobalAveragePooling1D: globalPool('globalAveragePooling', 3),
  GlobalMaxPooling1D: globalPool('globalMaxPooling', 3),
  Mean: mean,
  UpSampling2D: upSampling2d,
  Resizing: resizing,
  ZeroPadding2D: moved('pad2d', 'padding'),
  Cropping2D: moved('crop2d', 'cropping'),
};
