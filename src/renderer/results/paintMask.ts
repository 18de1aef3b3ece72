import type { MaskCover, MaskPicture } from '../../contract/examination.ts';
import type { SamplePicture } from '../../contract/samples.ts';
import { fromBase64 } from '../../graph-engine/probe/base64.ts';
import { hueColour } from '../data/paintSample.ts';
import type { PixelImage } from '../samples/usePixels.ts';

/** Which mask lies over an image: what the network says, what is true, or where the two differ. */
export const layers = ['Prediction', 'Truth', 'Errors'] as const;
export type Layer = (typeof layers)[number];

/** A mask, and how it is shown. */
export interface ShownMask {
  readonly mask: MaskPicture;
  /** Marks the pixels that differ from it in place of the classes. */
  readonly differsFrom?: MaskPicture | undefined;
  readonly cover: MaskCover;
  /** From 0 to 1. */
  readonly opacity: number;
  /** Numbers of the classes that are left out. */
  readonly hidden: ReadonlySet<number>;
}

type Colour = readonly [number, number, number];
/** Whether a pixel of a pattern is drawn strongly. */
type Pattern = (x: number, y: number) => boolean;

/** Patterns tell classes apart for those to whom the colours are alike; the first has none. */
const patterns: readonly Pattern[] = [
  () => true,
  (x, y) => (x + y) % 6 < 3,
  (x, y) => x % 6 < 3 && y % 6 < 3,
  (_, y) => y % 6 < 3,
  (x, y) => (x - y + 60_000) % 6 < 3,
  (x) => x % 6 < 3,
  (x, y) => (Math.floor(x / 4) + Math.floor(y / 4)) % 2 === 0,
];
/** What lies between the strokes of a pattern is covered this much less. */
const BETWEEN = 0.4;
const GREY: Colour = [128, 128, 128];
const ERROR: Colour = [230, 30, 80];
const crossed: Pattern = (x, y) => (x + y) % 8 < 2 || (x - y + 80_000) % 8 < 2;

/** The colour of a class; the first one, which is the background as a rule, is grey. */
export function classColour(label: number): Colour {
  return label === 0 ? GREY : hueColour(label);
}

/** How strongly a class covers a pixel, as a share of the opacity. */
export function classCover(label: number, x: number, y: number): number {
  return patterns[label === 0 ? 0 : (label - 1) % patterns.length]?.(x, y) === true ? 1 : BETWEEN;
}

/** An image with a mask over it, each pixel enlarged so that patterns can be seen; `side` is how large it is at least. */
export function paintMask(
  picture: Extract<SamplePicture, { kind: 'image' }>,
  shown: ShownMask | undefined,
  side: number,
): PixelImage {
  const zoom = Math.max(1, Math.ceil(side / Math.max(picture.width, picture.height)));
  const [width, height] = [picture.width * zoom, picture.height * zoom];
  const bytes = fromBase64(picture.pixels);
  const labelAt = shown === undefined ? undefined : labelReader(shown);
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / zoom) * picture.width + Math.floor(x / zoom)) * picture.channels;
      const label = labelAt?.((x + 0.5) / width, (y + 0.5) / height) ?? NOTHING;
      const strength = coverOf(shown, label, x, y);
      const colour = label === WRONG ? ERROR : classColour(label);
      const at = (y * width + x) * 4;
      for (let part = 0; part < 3; part++) {
        const own = bytes[from + (picture.channels === 3 ? part : 0)] ?? 0;
        pixels[at + part] = own * (1 - strength) + (colour[part] ?? 0) * strength;
      }
      pixels[at + 3] = 255;
    }
  }
  return { width, height, pixels };
}

const NOTHING = -1;
const WRONG = -2;

/** The class at a place of the image; `NOTHING` where the mask does not reach. */
function labelReader({ mask, differsFrom, cover, hidden }: ShownMask): (u: number, v: number) => number {
  const own = fromBase64(mask.pixels);
  const other = differsFrom === undefined ? undefined : fromBase64(differsFrom.pixels);
  return (u, v) => {
    const column = Math.floor(((u - cover.left) / cover.width) * mask.width);
    const row = Math.floor(((v - cover.top) / cover.height) * mask.height);
    if (column < 0 || row < 0 || column >= mask.width || row >= mask.height) return NOTHING;
    const label = own[row * mask.width + column] ?? 0;
    if (other !== undefined) return other[row * mask.width + column] === label ? NOTHING : WRONG;
    return hidden.has(label) ? NOTHING : label;
  };
}

function coverOf(shown: ShownMask | undefined, label: number, x: number, y: number): number {
  if (shown === undefined || label === NOTHING) return 0;
  if (label === WRONG) return shown.opacity * (crossed(x, y) ? 1 : BETWEEN);
  return shown.opacity * classCover(label, x, y);
}
