import type { UnitMap } from './unitMap.ts';
import type { ColourChange, Patch, Size, Variation } from './variation.ts';

/** An image `[height, width, channels]` with values from 0 to 1. */
export interface Picture extends Size {
  readonly channels: number;
  readonly values: Float32Array;
}

/** BT.601, as everywhere that colour becomes grey. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;
/** Places are computed from shares of the image; nearer to a pixel than this is on it. */
const ON_PIXEL = 1e-4;

/** Writes the varied image in the size of `result` to `out`; `blank` is what erased pixels become, by channel. */
export function varyImage(
  source: Picture,
  { map, fill, colour, erased }: Variation,
  result: Size,
  blank: ArrayLike<number>,
  out: Float32Array,
): void {
  sample(source, map, fill, result, out);
  if (colour !== null) changeColours(out, source.channels, colour);
  if (erased !== null) erase(out, result, source.channels, erased, blank);
}

/** Which pixel of the source a place falls on, along one side; -1 outside. */
export function pixelAt(place: number, length: number, fill: Variation['fill']): number {
  const pixel = Math.floor(place * length + ON_PIXEL);
  if (pixel >= 0 && pixel < length) return pixel;
  if (fill === 'black') return -1;
  return fill === 'edge' ? Math.min(length - 1, Math.max(0, pixel)) : reflected(pixel, length);
}

function reflected(pixel: number, length: number): number {
  if (length === 1) return 0;
  // Without the border pixel a second time, as numpy's "reflect".
  const period = 2 * (length - 1);
  const inside = ((pixel % period) + period) % period;
  return inside < length ? inside : period - inside;
}

function sample(
  { height, width, channels, values }: Picture,
  map: UnitMap,
  fill: Variation['fill'],
  result: Size,
  out: Float32Array,
): void {
  let at = 0;
  for (let row = 0; row < result.height; row++) {
    const v = (row + 0.5) / result.height;
    for (let column = 0; column < result.width; column++) {
      const u = (column + 0.5) / result.width;
      const x = (map.xx * u + map.xy * v + map.x) * width;
      const y = (map.yx * u + map.yy * v + map.y) * height;
      const outside = fill === 'black' && (x < 0 || y < 0 || x > width || y > height);
      if (outside) {
        for (let channel = 0; channel < channels; channel++) out[at++] = 0;
        continue;
      }
      let left = Math.floor(x - 0.5);
      let top = Math.floor(y - 0.5);
      let across = x - 0.5 - left;
      let down = y - 0.5 - top;
      if (across > 1 - ON_PIXEL) [left, across] = [left + 1, 0];
      else if (across < ON_PIXEL) across = 0;
      if (down > 1 - ON_PIXEL) [top, down] = [top + 1, 0];
      else if (down < ON_PIXEL) down = 0;
      const x0 = inside(left, width, fill);
      const y0 = inside(top, height, fill);
      const first = (y0 * width + x0) * channels;
      if (across === 0 && down === 0) {
        for (let channel = 0; channel < channels; channel++) out[at++] = values[first + channel] ?? 0;
        continue;
      }
      const x1 = inside(left + 1, width, fill);
      const y1 = inside(top + 1, height, fill);
      const second = (y0 * width + x1) * channels;
      const third = (y1 * width + x0) * channels;
      const fourth = (y1 * width + x1) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const upper = (values[first + channel] ?? 0) * (1 - across) + (values[second + channel] ?? 0) * across;
        const lower = (values[third + channel] ?? 0) * (1 - across) + (values[fourth + channel] ?? 0) * across;
        out[at++] = upper * (1 - down) + lower * down;
      }
    }
  }
}

/** A neighbour beyond the border: of the border pixel's own value where the outside is black, for only the centre counts. */
function inside(pixel: number, length: number, fill: Variation['fill']): number {
  if (pixel >= 0 && pixel < length) return pixel;
  return fill === 'reflect' ? reflected(pixel, length) : Math.min(length - 1, Math.max(0, pixel));
}

const clamped = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

/** As torchvision's ColorJitter with its steps in the order brightness, contrast, saturation, hue. */
function changeColours(values: Float32Array, channels: number, change: ColourChange): void {
  const { brightness, contrast, saturation, hue } = change;
  const pixels = values.length / channels;
  const greyAt = (at: number): number =>
    channels < 3
      ? (values[at] ?? 0)
      : RED * (values[at] ?? 0) + GREEN * (values[at + 1] ?? 0) + BLUE * (values[at + 2] ?? 0);
  if (brightness !== 1) for (let i = 0; i < values.length; i++) values[i] = clamped((values[i] ?? 0) * brightness);
  if (contrast !== 1) {
    let sum = 0;
    for (let pixel = 0; pixel < pixels; pixel++) sum += greyAt(pixel * channels);
    const rest = (1 - contrast) * (sum / pixels);
    for (let i = 0; i < values.length; i++) values[i] = clamped((values[i] ?? 0) * contrast + rest);
  }
  if (channels !== 3) return;
  if (saturation !== 1) {
    for (let at = 0; at < values.length; at += 3) {
      const rest = (1 - saturation) * greyAt(at);
      for (let i = at; i < at + 3; i++) values[i] = clamped((values[i] ?? 0) * saturation + rest);
    }
  }
  if (hue !== 0) for (let at = 0; at < values.length; at += 3) turnHue(values, at, hue);
}

function turnHue(values: Float32Array, at: number, turn: number): void {
  const [red = 0, green = 0, blue = 0] = values.subarray(at, at + 3);
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread === 0) return;
  const sector =
    most === red ? (green - blue) / spread : most === green ? 2 + (blue - red) / spread : 4 + (red - green) / spread;
  const turned = (((sector / 6 + turn) % 1) + 1) % 1;
  // From hue, saturation and value back to the three colours.
  for (const [channel, offset] of [5, 3, 1].entries()) {
    const k = (offset + turned * 6) % 6;
    values[at + channel] = most - spread * Math.max(0, Math.min(k, 4 - k, 1));
  }
}

function erase(out: Float32Array, { width }: Size, channels: number, patch: Patch, blank: ArrayLike<number>): void {
  for (let row = patch.top; row < patch.top + patch.height; row++) {
    for (let column = patch.left; column < patch.left + patch.width; column++) {
      const at = (row * width + column) * channels;
      for (let channel = 0; channel < channels; channel++) out[at + channel] = blank[channel] ?? 0;
    }
  }
}
