import { isImage } from '../../../core/shape.ts';
import type { Bound, DrawnWeight } from '../../drawing/drawnNode.ts';
import { channelAxis } from '../../drawing/view.ts';
import { channelsOf, LayerRefused } from '../kerasDrawing.ts';
import type { LayerCall, LayerDrawer } from '../layerCall.ts';
import { listOf } from '../plainValue.ts';

/** The value with its channels at the axis that a layer normalizes; refuses any other. */
function byChannel(call: LayerCall, given: Bound): Bound {
  const told = call.layer.config['axis'] ?? -1;
  const axes = Array.isArray(told) ? listOf(told) : [told];
  const [axis] = axes;
  const place = typeof axis === 'number' && axis < 0 ? given.view.length + axis : axis;
  if (axes.length !== 1) throw new LayerRefused(`axis=${JSON.stringify(told)}`, 'axis=-1');
  const isChannel = typeof place === 'number' && given.view[place]?.join() === String(channelAxis(given.type));
  if (isChannel) return given;
  if (place !== given.view.length - 1)
    throw new LayerRefused(`axis=${JSON.stringify(told)}`, 'the axis of the channels');
  return call.drawing.channelsLast(given);
}

/** Factor and shift of each channel; where a layer has none of one, that begins as what changes nothing. */
function scaleAndOffset(call: LayerCall, channels: number): Readonly<Record<'scale' | 'offset', DrawnWeight>> {
  const [scales, centers] = [call.boolean('scale', true), call.boolean('center', true)];
  return {
    scale: scales ? call.weight({ names: ['gamma'], index: 0 }, [channels]) : call.drawing.filled([channels], 1),
    offset: centers
      ? call.weight({ names: ['beta'], index: scales ? 1 : 0 }, [channels])
      : call.drawing.filled([channels], 0),
  };
}

const batch: LayerDrawer = (call) => {
  const input = byChannel(call, call.input());
  const channels = channelsOf(input);
  const first = Number(call.boolean('scale', true)) + Number(call.boolean('center', true));
  const weights = {
    ...scaleAndOffset(call, channels),
    runningMean: call.weight({ names: ['moving_mean'], index: first }, [channels]),
    runningVariance: call.weight({ names: ['moving_variance'], index: first + 1 }, [channels]),
  };
  const momentum = Number((1 - call.number('momentum', 0.99)).toPrecision(12));
  const y = call.drawing.one(
    'batchNormalization',
    { momentum, epsilon: call.number('epsilon', 1e-3) },
    { input },
    weights,
  );
  return { ...y, view: input.view };
};

const layer: LayerDrawer = (call) => {
  const input = byChannel(call, call.input());
  if (call.boolean('rms_scaling', false)) throw new LayerRefused('rms_scaling', 'RMSNormalization');
  const weights = scaleAndOffset(call, channelsOf(input));
  const y = call.drawing.one(
    'layerNormalization',
    { epsilon: call.number('epsilon', 1e-3) },
    { input },
    { ...weights },
  );
  return { ...y, view: input.view };
};

const group: LayerDrawer = (call) => {
  const input = byChannel(call, call.input());
  const channels = channelsOf(input);
  const given = call.number('groups', 32);
  const groups = given === -1 ? channels : given;
  const weights = scaleAndOffset(call, channels);
  const parameters = { groups, epsilon: call.number('epsilon', 1e-3) };
  const y = call.drawing.one('groupNormalization', parameters, { input }, { ...weights });
  return { ...y, view: input.view };
};

const rms: LayerDrawer = (call) => {
  const input = byChannel(call, call.input());
  const scale = call.weight({ names: ['scale'], index: 0 }, [channelsOf(input)]);
  const y = call.drawing.one('rmsNormalization', { epsilon: call.number('epsilon', 1e-6) }, { input }, { scale });
  return { ...y, view: input.view };
};

/** One number for each channel, out of a number or a list of them. */
function perChannel(value: unknown, channels: number): readonly number[] | undefined {
  if (typeof value === 'number') return Array.from({ length: channels }, () => value);
  const flat = listOf(value).flat(4);
  const numbers = flat.filter((one) => typeof one === 'number');
  return numbers.length === flat.length && numbers.length === channels ? numbers : undefined;
}

/** A fixed factor and shift of each channel: a convolution of one pixel that sees one channel. */
function affine(call: LayerCall, x: Bound, factors: () => readonly number[], shifts: () => readonly number[]): Bound {
  const channels = channelsOf(x);
  call.drawing.notes.add(
    `"${call.layer.name}" is a factor and a shift of each channel here, which training can change; freeze it to keep them.`,
  );
  const weights = {
    kernel: { dims: [1, 1, 1, channels], values: () => Float32Array.from(factors()) },
    bias: { dims: [channels], values: () => Float32Array.from(shifts()) },
  };
  const y = call.drawing.one('depthwiseConv2d', { kernel: 1 }, { input: x }, weights, 'rescale');
  return { ...y, view: x.view };
}

const rescaling: LayerDrawer = (call) => {
  const { scale, offset = 0 } = call.layer.config;
  if (offset === 0 && typeof scale === 'number')
    return call.drawing.each('multiplyBy', call.input(), { factor: scale });
  const x = call.drawing.plain(call.input());
  const [factors, shifts] = [perChannel(scale, channelsOf(x)), perChannel(offset, channelsOf(x))];
  if (factors === undefined || shifts === undefined || !isImage(x.type)) {
    throw new LayerRefused(`scale=${JSON.stringify(scale)}, offset=${JSON.stringify(offset)}`, 'numbers for an image');
  }
  return affine(
    call,
    x,
    () => factors,
    () => shifts,
  );
};

/** Mean and variance that were found before the training. */
const standardized: LayerDrawer = (call) => {
  const x = byChannel(call, call.drawing.plain(call.input()));
  if (!isImage(x.type)) throw new LayerRefused('values that are no image', 'an image');
  if (call.boolean('invert', false)) throw new LayerRefused('invert=true', 'invert=false');
  const channels = channelsOf(x);
  const given = (key: string, index: number): (() => readonly number[]) => {
    const told = perChannel(call.layer.config[key], channels);
    if (told !== undefined) return () => told;
    const weight = call.weight({ names: [key], index }, [channels]);
    if (call.drawing.absent.has(weight)) throw new LayerRefused(`no ${key}`, `a ${key} in the file of weights`);
    return () => [...weight.values()];
  };
  const [mean, variance] = [given('mean', 0), given('variance', 1)];
  const deviation = (): readonly number[] => variance().map((value) => Math.max(Math.sqrt(value), 1e-7));
  return affine(
    call,
    x,
    () => deviation().map((size) => 1 / size),
    () => deviation().map((size, i) => -(mean()[i] ?? 0) / size),
  );
};

/** Drawers of normalizations, by their class. */
export const normalizationDrawers: Readonly<Record<string, LayerDrawer>> = {
  BatchNormalization: batch,
  LayerNormalization: layer,
  GroupNormalization: group,
  RMSNormalization: rms,
  Rescaling: rescaling,
  Normalization: standardized,
};
