import { drawVariation, type VariationSeed } from '../../graph-engine/augmentation/variation.ts';
import { pixelAt, varyImage } from '../../graph-engine/augmentation/varyImage.ts';
import type { DataSample } from '../../contract/data.ts';
import { fromBase64 } from '../../graph-engine/probe/base64.ts';
import type { Augmentation } from '../../graph-engine/training/augmentation.ts';

export interface PaintOptions {
  readonly augmentation?: Augmentation | undefined;
  readonly seed: VariationSeed;
}

/** How strongly a mask covers its image. */
const MASK_SHARE = 0.45;
/** Degrees between the hues of one class and the next: far apart, however many there are. */
const GOLDEN_ANGLE = 137.5;

/** The pixels of a sample as they are trained on, red, green, blue and opacity; `undefined` for one without an image. */
export function paintSample(sample: DataSample, { augmentation, seed }: PaintOptions): ImageData | undefined {
  const { image, mask, number } = sample;
  if (image === undefined) return undefined;
  const bytes = fromBase64(image.pixels);
  let values = Float32Array.from(bytes, (byte) => byte / 255);
  const variation = augmentation === undefined ? undefined : drawVariation(augmentation, seed, number, image, image);
  if (variation !== undefined) {
    const out = new Float32Array(values.length);
    varyImage({ ...image, values }, variation, image, new Array<number>(image.channels).fill(0.5), out);
    values = out;
  }
  const { height, width, channels } = image;
  const painted = new ImageData(width, height);
  const classes = mask === undefined ? undefined : fromBase64(mask.pixels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      const label = classes === undefined ? 0 : (classes[maskPixel(row, column)] ?? 0);
      const tint = label === 0 ? undefined : hueColour(label);
      for (let channel = 0; channel < 3; channel++) {
        const value = (values[pixel * channels + (channels >= 3 ? channel : 0)] ?? 0) * 255;
        const covered = tint === undefined ? value : value * (1 - MASK_SHARE) + (tint[channel] ?? 0) * MASK_SHARE;
        painted.data[pixel * 4 + channel] = Math.round(covered);
      }
      painted.data[pixel * 4 + 3] = 255;
    }
  }
  return painted;

  /** Where the mask of a pixel is: it goes where its image goes. */
  function maskPixel(row: number, column: number): number {
    if (mask === undefined) return 0;
    const [v, u] = [(row + 0.5) / height, (column + 0.5) / width];
    const map = variation?.map;
    const y = map === undefined ? v : map.yx * u + map.yy * v + map.y;
    const x = map === undefined ? u : map.xx * u + map.xy * v + map.x;
    const fill = variation?.fill ?? 'edge';
    const [at, across] = [pixelAt(y, mask.height, fill), pixelAt(x, mask.width, fill)];
    return at < 0 || across < 0 ? -1 : at * mask.width + across;
  }
}

/** A colour for a class, as red, green and blue. */
export function hueColour(label: number): readonly [number, number, number] {
  const hue = ((label * GOLDEN_ANGLE) % 360) / 60;
  const channel = (offset: number): number => {
    const k = (offset + hue) % 6;
    return 255 * (1 - Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}
