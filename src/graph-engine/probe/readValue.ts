import type { TargetType } from '../core/objective.ts';
import type { AxisName, TensorType } from '../core/shape.ts';
import { toBase64 } from './base64.ts';
import { barsOf, runOf, tilesOf, type PictureLimits, type Planes } from './picture.ts';
import { histogramOf, statisticsOf, wholeRun } from './statistics.ts';
import type { Picture, PictureStyle, ReadAnswer, ValueReading } from './valueReading.ts';

/** How much of a value is wanted: enough for a card on the canvas, or everything that is worth a look. */
export type ReadingDetail = 'card' | 'whole';

export interface ReadingWish {
  readonly detail: ReadingDetail;
  readonly style: PictureStyle;
}

const CARD = { side: 24, tiles: 16, bars: 64, tokens: 80 } as const;
const WHOLE = { side: 64, tiles: 256, bars: 1024, tokens: 4096 } as const;
/** A lone image may be larger than one of many. */
const LONE_SIDE = { card: 40, whole: 160 } as const;
/** Pixels of all tiles together. */
const MOST_PIXELS = 262_144;
/** Choices that are told. */
const BEST = { card: 3, whole: 1024 } as const;

/** A value of one sample as numbers, reduced to what can be looked at. `target` is that of the output it comes from. */
export function readValue(
  data: Float32Array | Int32Array,
  type: TensorType,
  { detail, style }: ReadingWish,
  target?: TargetType,
): ValueReading {
  const whole = detail === 'whole';
  const statistics = statisticsOf(wholeRun(data));
  const planes = planesOf(data, type);
  const answer = target === undefined ? undefined : answerOf(data, type, target, detail);
  const picture = pictureOf(data, type, planes, statistics, { detail, style });
  return {
    axes: type.axes.map(({ name, size }) => ({ name, size: size ?? 0 })),
    statistics,
    picture,
    channels: deadChannels(data, type, planes),
    ...(whole && type.dtype === 'float32' && { histogram: histogramOf(wholeRun(data), statistics) }),
    ...(whole &&
      planes !== undefined &&
      picture.kind === 'tiles' && {
        channelStatistics: (picture.channels ?? []).map((channel) => statisticsOf(runOf(planes, channel))),
      }),
    ...(answer !== undefined && { answer }),
  };
}

function pictureOf(
  data: Float32Array | Int32Array,
  type: TensorType,
  planes: Planes | undefined,
  statistics: ValueReading['statistics'],
  { detail, style }: ReadingWish,
): Picture {
  const limits = detail === 'card' ? CARD : WHOLE;
  if (type.dtype === 'int32') return { kind: 'tokens', tokens: [...data.subarray(0, limits.tokens)] };
  if (planes === undefined) return barsOf(data, statistics, limits.bars);
  const lone = planes.channels === 1 || style !== 'tiles';
  const tiles: PictureLimits = { ...limits, style, side: lone ? LONE_SIDE[detail] : limits.side };
  const affordable = Math.floor(Math.sqrt(MOST_PIXELS / Math.min(tiles.tiles, planes.channels)));
  return tilesOf(planes, { ...tiles, side: Math.max(8, Math.min(tiles.side, affordable)) });
}

/** Where images lie in the tensor. A sequence or a table is one image: positions to the right, features down. */
function planesOf(data: ArrayLike<number>, { axes, dtype }: TensorType): Planes | undefined {
  if (dtype === 'int32' || axes.length < 2) return undefined;
  const strides = axes.map((_, axis) => axes.slice(axis + 1).reduce((product, { size }) => product * (size ?? 1), 1));
  const at = (...names: readonly AxisName[]) => {
    const axis = axes.findIndex(({ name }) => names.includes(name));
    return axis === -1 ? undefined : { size: axes[axis]?.size ?? 1, stride: strides[axis] ?? 1 };
  };
  const [x, y] = [at('width', 'sequence', 'vocabulary'), at('height', 'features')];
  const channel = at('height') === undefined ? { size: 1, stride: 0 } : (at('channels') ?? { size: 1, stride: 0 });
  if (x === undefined || y === undefined) return undefined;
  return {
    data,
    width: x.size,
    height: y.size,
    channels: channel.size,
    strides: { x: x.stride, y: y.stride, channel: channel.stride },
  };
}

/** Channels of an image, else features: how many there are, and how many are zero throughout. */
function deadChannels(data: ArrayLike<number>, { axes, dtype }: TensorType, planes: Planes | undefined) {
  if (dtype === 'int32') return { count: 0, dead: 0 };
  if (planes !== undefined && planes.channels > 1) {
    let dead = 0;
    for (let channel = 0; channel < planes.channels; channel++) if (isZero(runOf(planes, channel))) dead += 1;
    return { count: planes.channels, dead };
  }
  const count = axes.at(-1)?.size ?? 1;
  let dead = 0;
  for (let feature = 0; feature < count; feature++) {
    if (isZero({ data, start: feature, step: count, count: Math.floor(data.length / count) })) dead += 1;
  }
  return { count, dead };
}

function isZero({ data, start, step, count }: Parameters<typeof statisticsOf>[0]): boolean {
  for (let i = 0; i < count; i++) if (data[start + i * step] !== 0) return false;
  return true;
}

/** What the numbers of an output say in the terms of its target. */
function answerOf(
  data: Float32Array | Int32Array,
  { axes }: TensorType,
  { kind }: TargetType,
  detail: ReadingDetail,
): ReadAnswer | undefined {
  const choices = axes.at(-1)?.size ?? 1;
  switch (kind) {
    case 'class':
    case 'probabilities': {
      const indices = Array.from({ length: data.length }, (_, index) => index)
        .sort((a, b) => (data[b] ?? 0) - (data[a] ?? 0))
        .slice(0, BEST[detail]);
      return { kind: 'choices', indices, shares: indices.map((index) => data[index] ?? 0) };
    }
    case 'mask':
      return maskAnswer(axes, (pixel) => largest(data, pixel * choices, choices));
    case 'flags':
      // One channel answers yes or no for every pixel.
      if (axes.length === 3 && choices === 1) return maskAnswer(axes, (pixel) => ((data[pixel] ?? 0) > 0.5 ? 1 : 0));
      return { kind: 'values', values: [...data.subarray(0, WHOLE.bars)] };
    case 'tokens': {
      const positions = Math.floor(data.length / choices);
      return {
        kind: 'tokens',
        tokens: Array.from({ length: positions }, (_, position) => largest(data, position * choices, choices)),
      };
    }
    case 'values':
      return axes.length === 1 ? { kind: 'values', values: [...data.subarray(0, WHOLE.bars)] } : undefined;
  }
}

function maskAnswer(axes: TensorType['axes'], classOf: (pixel: number) => number): ReadAnswer | undefined {
  const [height, width] = [axes[0]?.size ?? 0, axes[1]?.size ?? 0];
  if (axes.length !== 3 || width * height > MOST_PIXELS) return undefined;
  const classes = Uint8Array.from({ length: width * height }, (_, pixel) => classOf(pixel));
  return { kind: 'mask', width, height, classes: toBase64(classes) };
}

function largest(data: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((data[start + i] ?? 0) > (data[start + best] ?? 0)) best = i;
  return best;
}
