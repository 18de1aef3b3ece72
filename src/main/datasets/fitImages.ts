import { isImage, isSequence, sizeOf, type TensorType } from '../../graph-engine/core/shape.ts';
import type { DataInput } from '../../graph-engine/training/dataDescription.ts';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How images become what a network takes. */
export interface ImageFit {
  readonly size: ImageSize;
  /** One image after another; `undefined` where they fit as they are. */
  readonly convert: ((image: Float32Array) => Float32Array) | undefined;
  /** Changes the channels alone; `undefined` where they fit as they are. */
  readonly recolour: ((image: Float32Array) => Float32Array) | undefined;
  /** What is done to them, for the user. */
  readonly notices: readonly string[];
}

/** ITU-R BT.601 weights of red, green and blue in the lightness of a grey image. */
const LUMINANCE = [0.299, 0.587, 0.114] as const;

/**
 * Brings images to a network's input: sizes by bilinear interpolation, grey to colour by repetition, colour to grey by
 * luminance; the rows of a grey image are the positions of a sequence, and a feature vector of the same length takes the
 * image row by row. `matchData` has said that the input is one of these.
 */
export function fitImages(title: string, from: DataInput & { kind: 'image' }, input: TensorType): ImageFit {
  const to = wantedSize(from, input);
  const sameChannels = to.channels === from.channels;
  const sameSize = to.height === from.height && to.width === from.width;
  const notices: string[] = [];
  if (!sameChannels) {
    notices.push(
      from.channels === 1
        ? `${title}: grey images were repeated over ${to.channels} channels to fit the input.`
        : `${title}: colour images were turned to grey to fit the input.`,
    );
  }
  if (!sameSize) {
    notices.push(
      `${title}: images were resized from ${from.height}×${from.width} to ${to.height}×${to.width} to fit the input.`,
    );
  }
  if (isSequence(input)) notices.push(`${title}: the rows of an image are the positions of the sequence.`);
  if (sameChannels && sameSize) return { size: to, convert: undefined, recolour: undefined, notices };
  const resize = sameSize ? undefined : bilinearResize(from, to, to.channels);
  const recolour = (image: Float32Array): Float32Array => convertChannels(image, from.channels, to.channels);
  return {
    size: to,
    convert(image) {
      const coloured = sameChannels ? image : recolour(image);
      return resize?.(coloured) ?? coloured;
    },
    recolour: sameChannels ? undefined : recolour,
    notices,
  };
}

function wantedSize({ height, width, channels }: ImageSize, input: TensorType): ImageSize {
  if (isImage(input)) {
    return {
      height: sizeOf(input, 'height') ?? height,
      width: sizeOf(input, 'width') ?? width,
      channels: sizeOf(input, 'channels') ?? channels,
    };
  }
  if (isSequence(input)) {
    return { height: sizeOf(input, 'sequence') ?? height, width: sizeOf(input, 'features') ?? width, channels: 1 };
  }
  return { height, width, channels };
}

/** Grey to any number of channels, or colour to grey. */
function convertChannels(image: Float32Array, from: number, to: number): Float32Array {
  const pixels = image.length / from;
  const result = new Float32Array(pixels * to);
  if (from === 1) {
    for (let pixel = 0; pixel < pixels; pixel++) result.fill(image[pixel] ?? 0, pixel * to, (pixel + 1) * to);
    return result;
  }
  if (from !== LUMINANCE.length || to !== 1) throw new Error(`${from} channels cannot become ${to}`);
  for (let pixel = 0; pixel < pixels; pixel++) {
    LUMINANCE.forEach((weight, channel) => {
      result[pixel] = (result[pixel] ?? 0) + weight * (image[pixel * from + channel] ?? 0);
    });
  }
  return result;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Bilinear interpolation with half-pixel centres and clamped borders (TensorFlow's `half_pixel_centers`). */
export function bilinearResize(from: Size, to: Size, channels: number): (image: Float32Array) => Float32Array {
  const rows = interpolation(from.height, to.height);
  const columns = interpolation(from.width, to.width);
  return (image) => {
    const result = new Float32Array(to.height * to.width * channels);
    let target = 0;
    for (const row of rows) {
      for (const column of columns) {
        for (let channel = 0; channel < channels; channel++) {
          const at = (y: number, x: number): number => image[(y * from.width + x) * channels + channel] ?? 0;
          const top = at(row.low, column.low) * (1 - column.share) + at(row.low, column.high) * column.share;
          const bottom = at(row.high, column.low) * (1 - column.share) + at(row.high, column.high) * column.share;
          result[target++] = top * (1 - row.share) + bottom * row.share;
        }
      }
    }
    return result;
  };
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
