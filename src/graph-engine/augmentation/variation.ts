import { integerBelow, type Words } from '../random/distributions.ts';
import { createWordStream, domains, uniformFloat } from '../random/philox.ts';
import type { Augmentation } from '../training/augmentation.ts';
import { composed, IDENTITY, type UnitMap } from './unitMap.ts';

/** Which variation of a training sample is wanted: the same numbers, the same variation, on every machine. */
export interface VariationSeed {
  readonly seed: number;
  readonly epoch: number;
}

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A rectangle in pixels of the result. */
export interface Patch extends Size {
  readonly top: number;
  readonly left: number;
}

/** What is done to the colours, in this order; factors of 1 and a shift of 0 do nothing. */
export interface ColourChange {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** Share of the whole circle. */
  readonly hue: number;
}

/** One way to vary a sample; images and masks of the sample share it. */
export interface Variation {
  /** From a place in the result to the place in the source, both from 0 to 1 over the whole image. */
  readonly map: UnitMap;
  readonly fill: 'black' | 'edge' | 'reflect';
  readonly colour: ColourChange | null;
  readonly erased: Patch | null;
}

/** Least share of the area that is erased, and how narrow a rectangle may be (Zhong et al. 2017). */
const SMALLEST_ERASED = 0.02;
const ERASED_STRETCH = 1 / 0.3;
const TRIES = 10;
/** More than there are epochs. */
const STEP = 2 ** 20;

/** Draws how a sample is varied: `source` is what is stored of it, `result` what the network takes. */
export function drawVariation(
  augmentation: Augmentation,
  { seed, epoch }: VariationSeed,
  sample: number,
  source: Size,
  result: Size,
): Variation {
  // Every step has numbers of its own, so that one step more or less changes nothing of the others.
  const words = (step: number): Words => createWordStream([seed, epoch + step * STEP], sample, domains.augmentation);
  const map = [
    rotation(augmentation.rotate, words(0), source),
    resizedCrop(augmentation.resizedCrop, words(1), source),
    crop(augmentation.crop, words(2), result),
    flip(augmentation.flip, words(3)),
  ].reduce((outer, inner) => composed(outer, inner));
  return {
    map,
    fill: augmentation.crop?.fill ?? 'black',
    colour: colourChange(augmentation.colour, words(4)),
    erased: erasure(augmentation.erase, words(5), result),
  };
}

const between = (words: Words, low: number, high: number): number => low + (high - low) * uniformFloat(words());

/** A rectangle of random area and proportions inside `size`, in its pixels; `undefined` where none fits. */
function rectangle(words: Words, size: Size, smallest: number, largest: number, stretch: number): Patch | undefined {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const area = size.height * size.width * between(words, smallest, largest);
    const ratio = Math.exp(between(words, -Math.log(stretch), Math.log(stretch)));
    const width = Math.round(Math.sqrt(area * ratio));
    const height = Math.round(Math.sqrt(area / ratio));
    const [down, across] = [uniformFloat(words()), uniformFloat(words())];
    if (width < 1 || height < 1 || width > size.width || height > size.height) continue;
    return {
      height,
      width,
      top: Math.floor(down * (size.height - height + 1)),
      left: Math.floor(across * (size.width - width + 1)),
    };
  }
  return undefined;
}

function resizedCrop(options: Augmentation['resizedCrop'], words: Words, source: Size): UnitMap {
  if (options === undefined) return IDENTITY;
  const part = rectangle(words, source, options.smallest, 1, options.stretch);
  if (part === undefined) return IDENTITY;
  const { height, width } = source;
  return { xx: part.width / width, xy: 0, x: part.left / width, yx: 0, yy: part.height / height, y: part.top / height };
}

function crop(options: Augmentation['crop'], words: Words, { height, width }: Size): UnitMap {
  if (options === undefined) return IDENTITY;
  const { padding } = options;
  const across = integerBelow(words, 2 * padding + 1) - padding;
  const down = integerBelow(words, 2 * padding + 1) - padding;
  return { ...IDENTITY, x: across / width, y: down / height };
}

function flip(kind: Augmentation['flip'], words: Words): UnitMap {
  if (kind === undefined) return IDENTITY;
  const [horizontal, vertical] = [uniformFloat(words()) < 0.5, uniformFloat(words()) < 0.5];
  const mirrored = horizontal && kind !== 'vertical';
  const upsideDown = vertical && kind !== 'horizontal';
  return { xx: mirrored ? -1 : 1, xy: 0, x: mirrored ? 1 : 0, yx: 0, yy: upsideDown ? -1 : 1, y: upsideDown ? 1 : 0 };
}

/** A turn about the middle, in pixels, so that an image that is no square is not sheared. */
function rotation(options: Augmentation['rotate'], words: Words, { height, width }: Size): UnitMap {
  if (options === undefined) return IDENTITY;
  const angle = (between(words, -options.degrees, options.degrees) * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const [xy, yx] = [(-sine * height) / width, (sine * width) / height];
  return { xx: cosine, xy, x: 0.5 - (cosine + xy) / 2, yx, yy: cosine, y: 0.5 - (yx + cosine) / 2 };
}

function colourChange(options: Augmentation['colour'], words: Words): ColourChange | null {
  if (options === undefined) return null;
  const factor = (most: number): number => between(words, Math.max(0, 1 - most), 1 + most);
  return {
    brightness: factor(options.brightness),
    contrast: factor(options.contrast),
    saturation: factor(options.saturation),
    hue: between(words, -options.hue, options.hue),
  };
}

function erasure(options: Augmentation['erase'], words: Words, result: Size): Patch | null {
  if (options === undefined) return null;
  if (uniformFloat(words()) >= options.probability) return null;
  const smallest = Math.min(SMALLEST_ERASED, options.largest);
  return rectangle(words, result, smallest, options.largest, ERASED_STRETCH) ?? null;
}
