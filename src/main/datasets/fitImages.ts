import type { TensorType } from '../../graph-engine/core/shape.ts';
import { elementCount, formatShape, isImage, sizeOf } from '../../graph-engine/core/shape.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { DataSet } from './dataSet.ts';

/** Images as the network wants them, and what was done to them, for the user. */
export interface FittedImages {
  /** `[samples, ...axes]`. */
  readonly images: Float32Array;
  readonly notices: readonly string[];
}

/** ITU-R BT.601 weights of red, green and blue in the lightness of a grey image. */
const LUMINANCE = [0.299, 0.587, 0.114] as const;
/** Largest fitted set in elements (2 GB of float32): beyond it, memory would run out without a word. */
const MAXIMUM_ELEMENTS = 512 * 1024 * 1024;

/**
 * Brings the images to the network's input: sizes by bilinear interpolation, grey to colour by repetition, colour to
 * grey by luminance, and images to a feature vector of the same length row by row. Throws a `HostFailure` when the input
 * is something else.
 */
export function fitImages(data: DataSet, input: TensorType): FittedImages {
  const { height, width, channels, title } = data.description;
  const samples = data.labels.length;
  if (!isImage(input)) {
    if (elementCount(input) === height * width * channels) return { images: data.images, notices: [] };
    throw misfit(data, input);
  }
  const wanted = {
    height: sizeOf(input, 'height') ?? height,
    width: sizeOf(input, 'width') ?? width,
    channels: sizeOf(input, 'channels') ?? channels,
  };
  if (samples * wanted.height * wanted.width * wanted.channels > MAXIMUM_ELEMENTS) throw misfit(data, input);
  let images = data.images;
  const notices: string[] = [];
  if (wanted.channels !== channels) {
    images = convertChannels(images, channels, wanted.channels) ?? refuse(data, input);
    notices.push(
      channels === 1
        ? `${title}: grey images were repeated over ${wanted.channels} channels to fit the input.`
        : `${title}: colour images were turned to grey to fit the input.`,
    );
  }
  if (wanted.height !== height || wanted.width !== width) {
    images = resizeBilinear(images, samples, { height, width }, wanted, wanted.channels);
    notices.push(
      `${title}: images were resized from ${height}×${width} to ${wanted.height}×${wanted.width} to fit the input.`,
    );
  }
  return { images, notices };
}

/** Grey to any number of channels, or colour to grey; `undefined` for anything else. */
function convertChannels(images: Float32Array, from: number, to: number): Float32Array | undefined {
  const pixels = images.length / from;
  const result = new Float32Array(pixels * to);
  if (from === 1) {
    for (let pixel = 0; pixel < pixels; pixel++) result.fill(images[pixel] ?? 0, pixel * to, (pixel + 1) * to);
    return result;
  }
  if (from !== LUMINANCE.length || to !== 1) return undefined;
  for (let pixel = 0; pixel < pixels; pixel++) {
    LUMINANCE.forEach((weight, channel) => {
      result[pixel] = (result[pixel] ?? 0) + weight * (images[pixel * from + channel] ?? 0);
    });
  }
  return result;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Bilinear interpolation with half-pixel centres and clamped borders (TensorFlow's `half_pixel_centers`). */
export function resizeBilinear(
  images: Float32Array,
  samples: number,
  from: Size,
  to: Size,
  channels: number,
): Float32Array {
  const result = new Float32Array(samples * to.height * to.width * channels);
  const rows = interpolation(from.height, to.height);
  const columns = interpolation(from.width, to.width);
  let target = 0;
  for (let sample = 0; sample < samples; sample++) {
    const base = sample * from.height * from.width * channels;
    for (const row of rows) {
      for (const column of columns) {
        for (let channel = 0; channel < channels; channel++) {
          const at = (y: number, x: number): number => images[base + (y * from.width + x) * channels + channel] ?? 0;
          const top = at(row.low, column.low) * (1 - column.share) + at(row.low, column.high) * column.share;
          const bottom = at(row.high, column.low) * (1 - column.share) + at(row.high, column.high) * column.share;
          result[target++] = top * (1 - row.share) + bottom * row.share;
        }
      }
    }
  }
  return result;
}

/** For each target position its two source neighbours and the share of the second. */
function interpolation(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const centre = ((index + 0.5) * from) / to - 0.5;
    const low = Math.floor(centre);
    const clamp = (position: number): number => Math.min(from - 1, Math.max(0, position));
    return { low: clamp(low), high: clamp(low + 1), share: centre - low };
  });
}

function refuse(data: DataSet, input: TensorType): never {
  throw misfit(data, input);
}

function misfit(data: DataSet, input: TensorType): HostFailure {
  const { title, height, width, channels } = data.description;
  return new HostFailure({
    code: 'data/misfit',
    message: `The images of "${title}" cannot be fitted to the network's input.`,
    expected: `an input such as ${height}×${width}×${channels}`,
    received: formatShape(input),
    remedy: 'Change the size of the Input node, or choose other data.',
  });
}
