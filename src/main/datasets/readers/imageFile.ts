import { open } from 'node:fs/promises';
import type Sharp from 'sharp';
import { HostFailure } from '../../files/hostFailure.ts';
import { decodeBitmap, readBitmapHeader } from './bitmap.ts';

/** What an image file says of itself. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** Whether it has colours that are not grey as far as its format says. */
  readonly colour: boolean;
}

/** How images of all sizes become images of one. */
export interface ImageForm {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly fit: 'cover' | 'contain' | 'stretch';
  /** Masks take the nearest pixel: classes cannot be mixed. */
  readonly nearest?: boolean;
}

/** Why a file is no image that can be read. */
export interface ImageFault {
  readonly code: string;
  readonly why: string;
}

/** Endings of the files that are read as images. */
export const imageEnding = /\.(png|jpe?g|webp|bmp)$/i;
/** Images that people have but that are not read. */
export const otherImageEnding = /\.(gif|tiff?|heic|heif|avif|jxl|svg|ico|psd)$/i;

/** A photograph of 60 megapixels in a poor format; beyond, something is wrong with the file. */
const MAXIMUM_BYTES = 200 * 1024 * 1024;
/** A header may claim any size: what would be allocated is bounded before anything is. */
const MAXIMUM_PIXELS = 64 * 1024 * 1024;
const SECONDS = 30;
/** BT.601, as everywhere that colour becomes grey. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

type Decoder = typeof Sharp;
let loading: Promise<Decoder> | undefined;

/** Loads the decoder when the first image is read. Throws a `HostFailure` where there is none for this system. */
async function decoder(): Promise<Decoder> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      // Files are read once: a cache of them would only take memory.
      sharp.cache(false);
      // Many files at once, each on one thread.
      sharp.concurrency(1);
      return sharp;
    },
    (error: unknown) => {
      loading = undefined;
      throw new HostFailure({
        code: 'data/no-decoder',
        message: 'Images cannot be decoded: the library for it (sharp) does not load on this system.',
        ...(error instanceof Error && { received: error.message.split('\n')[0] ?? '' }),
        remedy: 'Run "npm install" again without --omit=optional.',
      });
    },
  );
  return loading;
}

/** What a file says of itself, or why it cannot be read. */
export async function readImageHeader(file: string): Promise<ImageHeader | ImageFault> {
  const bytes = await readBytes(file);
  if (!(bytes instanceof Uint8Array)) return bytes;
  if (formatOf(bytes) === undefined) return noImage(bytes);
  if (formatOf(bytes) === 'bmp') {
    const header = readBitmapHeader(bytes);
    if ('why' in header) return { code: 'image/corrupt', why: header.why };
    return checkedSize({ width: header.width, height: header.height, colour: true });
  }
  const sharp = await decoder();
  try {
    const { width, height, space, channels, autoOrient } = await sharp(bytes, inputOptions).metadata();
    return checkedSize({
      width: autoOrient.width ?? width,
      height: autoOrient.height ?? height,
      colour: space !== 'b-w' && space !== 'grey16' && channels >= 3,
    });
  } catch (error) {
    return corrupt(error);
  }
}

/** The pixels of a file in the wanted form, one byte a channel, or why it cannot be read. */
export async function decodeImage(file: string, form: ImageForm): Promise<Uint8Array | ImageFault> {
  const bytes = await readBytes(file);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const sharp = await decoder();
  try {
    const picture = open8(sharp, bytes);
    if (!('resize' in picture)) return picture;
    const fit = form.fit === 'stretch' ? 'fill' : form.fit;
    const kernel = form.nearest === true ? 'nearest' : 'lanczos3';
    const { data } = await picture
      .resize({ width: form.width, height: form.height, fit, kernel, background: '#000', fastShrinkOnLoad: false })
      .toColourspace('srgb')
      .removeAlpha()
      .timeout({ seconds: SECONDS })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const expected = form.width * form.height * 3;
    if (data.length !== expected) return { code: 'image/corrupt', why: `It decodes to ${data.length} bytes.` };
    return form.channels === 3 ? data : toGrey(data);
  } catch (error) {
    return corrupt(error);
  }
}

const inputOptions = { limitInputPixels: MAXIMUM_PIXELS, failOn: 'error', ignoreIcc: true } as const;

function open8(sharp: Decoder, bytes: Uint8Array): ReturnType<Decoder> | ImageFault {
  const format = formatOf(bytes);
  if (format === undefined) return noImage(bytes);
  if (format !== 'bmp') return sharp(bytes, inputOptions).autoOrient();
  const header = readBitmapHeader(bytes);
  if (!('why' in header)) {
    const size = checkedSize({ width: header.width, height: header.height, colour: true });
    if ('why' in size) return size;
  }
  const image = decodeBitmap(bytes);
  if ('why' in image) return { code: 'image/corrupt', why: image.why };
  return sharp(image.pixels, { raw: { width: image.width, height: image.height, channels: 3 } });
}

async function readBytes(file: string): Promise<Uint8Array | ImageFault> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) return { code: 'image/empty', why: 'It is empty.' };
    if (size > MAXIMUM_BYTES)
      return { code: 'image/too-large', why: `It has ${size} bytes, more than ${MAXIMUM_BYTES}.` };
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** By the first bytes, not by the name: an ending may lie. */
function formatOf(bytes: Uint8Array): 'png' | 'jpeg' | 'webp' | 'bmp' | undefined {
  const starts = (...wanted: number[]) => wanted.every((byte, index) => bytes[index] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'png';
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg';
  if (starts(0x52, 0x49, 0x46, 0x46) && bytes[8] === 0x57 && bytes[9] === 0x45) return 'webp';
  if (starts(0x42, 0x4d)) return 'bmp';
  return undefined;
}

function noImage(bytes: Uint8Array): ImageFault {
  const first = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return { code: 'image/unknown-format', why: `It is no PNG, JPEG, WebP or BMP: it begins with ${first}.` };
}

function checkedSize(header: ImageHeader): ImageHeader | ImageFault {
  const { width, height } = header;
  if (width <= 0 || height <= 0) return { code: 'image/corrupt', why: `Its header says ${width}×${height}.` };
  if (width * height <= MAXIMUM_PIXELS) return header;
  return {
    code: 'image/too-large',
    why: `Its header says ${width}×${height}; at most ${MAXIMUM_PIXELS / 1024 / 1024} megapixels are read.`,
  };
}

function corrupt(error: unknown): ImageFault {
  if (error instanceof HostFailure) throw error;
  const said = error instanceof Error ? (error.message.trim().split('\n')[0] ?? '') : String(error);
  if (/pixel limit/.test(said)) {
    return { code: 'image/too-large', why: `It has more than ${MAXIMUM_PIXELS / 1024 / 1024} megapixels.` };
  }
  return { code: 'image/corrupt', why: `It cannot be decoded: ${said.slice(0, 200)}.` };
}

function toGrey(pixels: Uint8Array): Uint8Array {
  const grey = new Uint8Array(pixels.length / 3);
  for (let i = 0; i < grey.length; i++) {
    const at = i * 3;
    grey[i] = Math.round(RED * (pixels[at] ?? 0) + GREEN * (pixels[at + 1] ?? 0) + BLUE * (pixels[at + 2] ?? 0));
  }
  return grey;
}
