import { toBase64 } from './base64.ts';
import { statisticsOf, type Run } from './statistics.ts';
import type { Picture, PictureStyle, ValueStatistics } from './valueReading.ts';

/** Bytes that stand for numbers; the one above them for what is no finite number. */
export const LEVELS = 254;
export const NOT_FINITE = 255;

/** Images of equal size inside a flat tensor. */
export interface Planes {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Distance in the tensor from one column, row and channel to the next. */
  readonly strides: { readonly x: number; readonly y: number; readonly channel: number };
}

export interface PictureLimits {
  /** Pixels at the longer side of a tile. */
  readonly side: number;
  readonly tiles: number;
  readonly style: PictureStyle;
}

/** The ends of the scale: around zero where there are negative numbers, from zero otherwise. */
export function scaleOf({ minimum, maximum }: Pick<ValueStatistics, 'minimum' | 'maximum'>): {
  low: number;
  high: number;
} {
  const reach = Math.max(Math.abs(minimum), Math.abs(maximum)) || 1;
  return { low: minimum < 0 ? -reach : 0, high: reach };
}

/** The channel as numbers of their own. */
export function runOf({ data, width, height, channels, strides }: Planes, channel: number): Run {
  // Channels-last images are one run of every n-th number; other orders are copied.
  if (strides.y === width * strides.x)
    return { data, start: channel * strides.channel, step: strides.x, count: width * height };
  const copy = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      copy[y * width + x] =
        data[x * strides.x + y * strides.y + Math.min(channel, channels - 1) * strides.channel] ?? 0;
    }
  }
  return { data: copy, start: 0, step: 1, count: width * height };
}

/** From where to where the i-th of `parts` goes; never empty, since there are at most as many parts as positions. */
function part(index: number, parts: number, length: number): readonly [number, number] {
  return [Math.floor((index * length) / parts), Math.floor(((index + 1) * length) / parts)];
}

/** Averages areas so that the longer side has at most `side` pixels. */
function shrink(run: Run, width: number, height: number, side: number) {
  const factor = Math.max(1, Math.max(width, height) / side);
  const [columns, rows] = [Math.max(1, Math.round(width / factor)), Math.max(1, Math.round(height / factor))];
  const pixels = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = part(row, rows, height);
    for (let column = 0; column < columns; column++) {
      const [left, right] = part(column, columns, width);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) sum += run.data[run.start + (y * width + x) * run.step] ?? 0;
      }
      pixels[row * columns + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return { columns, rows, pixels };
}

/** Numbers as bytes between `low` and `high`. */
export function quantize(values: ArrayLike<number>, low: number, high: number): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const level = Math.round(((value - low) / (high - low)) * LEVELS);
    bytes[i] = Number.isFinite(value) ? Math.min(LEVELS, Math.max(0, level)) : NOT_FINITE;
  }
  return bytes;
}

/** The mean over all channels. */
function meanPlane(planes: Planes): Run {
  const { width, height, channels } = planes;
  const mean = new Float64Array(width * height);
  for (let channel = 0; channel < channels; channel++) {
    const { data, start, step } = runOf(planes, channel);
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] ?? 0) + (data[start + i * step] ?? 0) / channels;
  }
  return { data: mean, start: 0, step: 1, count: mean.length };
}

/** The channel with the largest mean square; not a number counts as the largest, because it must be seen. */
function strongestChannel(planes: Planes): number {
  let [strongest, most] = [0, -1];
  for (let channel = 0; channel < planes.channels; channel++) {
    const { mean, deviation, notFinite } = statisticsOf(runOf(planes, channel));
    const power = notFinite > 0 ? Infinity : mean ** 2 + deviation ** 2;
    if (power > most) [strongest, most] = [channel, power];
  }
  return strongest;
}

/** Pictures of channels, drawn on one scale: the first ones, the strongest one, or the mean of all. */
export function tilesOf(planes: Planes, { side, tiles, style }: PictureLimits): Picture {
  const { width, height, channels: outOf } = planes;
  const chosen =
    style === 'strongest'
      ? [strongestChannel(planes)]
      : style === 'tiles'
        ? Array.from({ length: Math.min(tiles, outOf) }, (_, channel) => channel)
        : null;
  const runs = chosen === null ? [meanPlane(planes)] : chosen.map((channel) => runOf(planes, channel));
  const shrunk = runs.map((run) => shrink(run, width, height, side));
  const all = Float64Array.from(shrunk.flatMap(({ pixels }) => [...pixels]));
  const { low, high } = scaleOf(statisticsOf({ data: all, start: 0, step: 1, count: all.length }));
  return {
    kind: 'tiles',
    width: shrunk[0]?.columns ?? 1,
    height: shrunk[0]?.rows ?? 1,
    channels: chosen,
    outOf,
    low,
    high,
    pixels: toBase64(quantize(all, low, high)),
  };
}

/** Bars of a vector; neighbours share one where there are more than `most`. */
export function barsOf(data: ArrayLike<number>, statistics: ValueStatistics, most: number): Picture {
  const count = Math.min(most, data.length);
  const values = Array.from({ length: count }, (_, bar) => {
    const [from, to] = [Math.floor((bar * data.length) / count), Math.floor(((bar + 1) * data.length) / count)];
    let largest = 0;
    for (let i = from; i < to; i++) {
      const value = data[i] ?? 0;
      if (Number.isFinite(value) && Math.abs(value) > Math.abs(largest)) largest = value;
    }
    return largest;
  });
  return { kind: 'bars', values, outOf: data.length, ...scaleOf(statistics) };
}
