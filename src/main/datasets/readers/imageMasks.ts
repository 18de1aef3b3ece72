import path from 'node:path';
import type { HostProblem } from '../../../contract/contract.ts';
import { dataSettingOf, type ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { dataParts } from '../dataSet.ts';
import { listFiles, listFolders, type DataPlace, type PlacedFile } from './dataPlace.ts';
import { decodeSample, keyOf, openBytes, refuseBroken } from './fileRecords.ts';
import type { BrokenSample, FormatReader } from './formatReader.ts';
import { countParts, partNamed, partsInWords } from './imageFolder.ts';
import { decodeImage, imageEnding, readImageHeader, type ImageForm } from './imageFile.ts';
import { count, spread, surveyImages } from './imageSurvey.ts';
import { cachedRecords } from './recordCache.ts';

const imageFolderNames = /^(images?|imgs?|inputs?|photos?|jpegimages)$/i;
const maskFolderNames = /^(masks?|labels?|annotations?|segmentations?|targets?|segmentationclass)$/i;
/** Masks that are looked at for their levels. */
const LOOKED_AT = 100;
const MOST_LEVELS = 256;

interface Pair {
  readonly image: PlacedFile;
  readonly mask: PlacedFile;
  readonly part: number;
}

interface Listing {
  readonly pairs: readonly Pair[];
  /** Images without a mask and masks without an image. */
  readonly alone: readonly string[];
}

/** Images with a mask of the same name in a folder beside theirs, perhaps below folders of the parts. */
export const imageMasks: FormatReader<'image-masks'> = {
  kind: 'image-masks',

  async detect(place) {
    for (const root of await roots(place)) {
      const names = await listFolders(place, root);
      const [images, masks] = [imageFolderNames, maskFolderNames].map((wanted) =>
        names.find((name) => wanted.test(name)),
      );
      if (images === undefined || masks === undefined || images === masks) continue;
      return { kind: 'image-masks', images, masks, fit: 'stretch', colour: 'auto', leaveOut: false };
    }
    return undefined;
  },

  async survey(place, reader) {
    const { pairs, alone } = await list(place, reader);
    const images = await surveyImages(
      pairs.map(({ image }) => image),
      reader,
    );
    const levels = reader.levels ?? (await levelsOf(pairs.map(({ mask }) => mask)));
    const parts = countParts(pairs);
    const split = parts.validation + parts.test === 0 ? [] : [`${partsInWords(parts)}, as the folders say.`];
    return {
      reader: { ...reader, size: { height: images.form.height, width: images.form.width }, levels: [...levels] },
      description: describe(place, reader, images.form, levels, pairs.length),
      parts,
      understood: [
        `${count(pairs.length, 'image')} in "${reader.images}", each with its mask in "${reader.masks}".`,
        ...images.understood,
        `Masks have ${count(levels.length, 'level')}: ${levels.slice(0, 12).map(levelInWords).join(', ')}${levels.length > 12 ? ' …' : ''}.`,
        ...split,
      ],
      warnings: [
        ...images.warnings,
        ...(alone.length === 0
          ? []
          : [`${count(alone.length, 'file')} without a counterpart, such as "${alone[0] ?? ''}", are left out.`]),
      ],
      problems: problemsOf(place, reader, pairs, levels),
    };
  },

  async read(place, reader, options) {
    const { pairs } = await list(place, reader);
    const levels = reader.levels ?? (await levelsOf(pairs.map(({ mask }) => mask)));
    const [problem] = problemsOf(place, reader, pairs, levels);
    if (problem !== undefined) throw new HostFailure(problem);
    const { form } = await surveyImages(
      pairs.map(({ image }) => image),
      reader,
    );
    const pixels = form.height * form.width;
    const classOf = new Map(levels.map((level, index) => [level, index]));
    const records = await cachedRecords(
      {
        key: keyOf(
          place,
          pairs.flatMap(({ image, mask }) => [image, mask]),
          { form, levels },
        ),
        samples: pairs.length,
        recordBytes: [pixels * form.channels, pixels],
        async decode(sample) {
          const pair = pairs[sample];
          if (pair === undefined) throw new Error(`There is no pair ${sample}`);
          const image = await decodeSample(place, pair.image, form);
          if (!(image instanceof Uint8Array)) return image;
          const mask = await decodeMask(place, pair, form, classOf);
          return mask instanceof Uint8Array ? [image, mask] : mask;
        },
      },
      options,
    );
    refuseBroken(place, records.broken, reader.leaveOut);
    const [imageFile = '', maskFile = ''] = records.files;
    const kept = records.kept.length;
    return {
      data: {
        description: describe(place, reader, form, levels, kept),
        inputs: [await openBytes(imageFile, kept * pixels * form.channels, 255, options)],
        targets: [await openBytes(maskFile, kept * pixels, 1, options)],
        preparation: { kind: 'image', fit: reader.fit },
        ...(pairs.some(({ part }) => part !== dataParts.train) && {
          parts: Uint8Array.from(records.kept, (sample) => pairs[sample]?.part ?? 0),
        }),
      },
      broken: records.broken,
    };
  },
};

async function roots(place: DataPlace): Promise<readonly string[]> {
  const parted = (await listFolders(place)).filter((name) => partNamed(name) !== undefined);
  return ['', ...parted];
}

async function list(place: DataPlace, reader: ReaderOf<'image-masks'>): Promise<Listing> {
  const pairs: Pair[] = [];
  const alone: string[] = [];
  for (const root of await roots(place)) {
    const names = await listFolders(place, root);
    if (!names.includes(reader.images) || !names.includes(reader.masks)) continue;
    const below = (folder: string): string => (root === '' ? folder : `${root}/${folder}`);
    const [images, masks] = await Promise.all(
      [reader.images, reader.masks].map(async (folder) =>
        (await listFiles(place, below(folder))).filter((file) => imageEnding.test(file.path)),
      ),
    );
    const maskOf = new Map((masks ?? []).map((mask) => [stem(mask, below(reader.masks)), mask]));
    const part = dataParts[partNamed(root) ?? 'train'];
    for (const image of images ?? []) {
      const name = stem(image, below(reader.images));
      const mask = maskOf.get(name) ?? maskOf.get(`${name}_mask`);
      if (mask === undefined) {
        alone.push(image.path);
        continue;
      }
      pairs.push({ image, mask, part });
      maskOf.delete(stem(mask, below(reader.masks)));
    }
    alone.push(...[...maskOf.values()].map((mask) => mask.path));
  }
  return { pairs, alone };
}

/** The path below the folder, without its ending. */
function stem(file: PlacedFile, folder: string): string {
  return file.path.slice(folder.length + 1).replace(/\.[^./]+$/, '');
}

/** Grey levels, or colours as 0xRRGGBB, that some of the masks have, in order. */
async function levelsOf(masks: readonly PlacedFile[]): Promise<readonly number[]> {
  const levels = new Set<number>();
  for (const mask of spread(masks, LOOKED_AT)) {
    const header = await readImageHeader(mask.absolute);
    if ('why' in header) continue;
    const form = { ...header, channels: 3, fit: 'stretch', nearest: true } as const;
    const pixels = await decodeImage(mask.absolute, form);
    if (!(pixels instanceof Uint8Array)) continue;
    for (let at = 0; at < pixels.length; at += 3) levels.add(levelAt(pixels, at));
    if (levels.size > MOST_LEVELS) break;
  }
  return [...levels].sort((a, b) => a - b);
}

/** A grey pixel is its level; another is its colour. */
function levelAt(pixels: Uint8Array, at: number): number {
  const [red = 0, green = 0, blue = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]];
  return red === green && green === blue ? red : red * 0x10000 + green * 0x100 + blue;
}

async function decodeMask(
  place: DataPlace,
  { mask }: Pair,
  { height, width, fit }: ImageForm,
  classOf: ReadonlyMap<number, number>,
): Promise<Uint8Array | BrokenSample> {
  const pixels = await decodeSample(place, mask, { height, width, fit, channels: 3, nearest: true });
  if (!(pixels instanceof Uint8Array)) return pixels;
  const classes = new Uint8Array(height * width);
  for (let pixel = 0; pixel < classes.length; pixel++) {
    const level = levelAt(pixels, pixel * 3);
    const number = classOf.get(level);
    if (number === undefined) {
      const known = [...classOf.keys()].slice(0, 8).map(levelInWords).join(', ');
      return {
        path: mask.path,
        code: 'data/label-out-of-range',
        why: `A pixel in row ${Math.floor(pixel / width) + 1}, column ${(pixel % width) + 1} has level ${levelInWords(level)}; the classes are ${known}.`,
      };
    }
    classes[pixel] = number;
  }
  return classes;
}

function levelInWords(level: number): string {
  return level < 256 ? String(level) : `#${level.toString(16).padStart(6, '0')}`;
}

function problemsOf(
  place: DataPlace,
  reader: ReaderOf<'image-masks'>,
  pairs: readonly Pair[],
  levels: readonly number[],
): HostProblem[] {
  if (pairs.length === 0) {
    return [
      {
        code: 'data/no-pairs',
        message: `No image in "${place.path}/${reader.images}" has a mask of the same name in "${reader.masks}".`,
        expected: `files such as ${reader.images}/cat.jpg and ${reader.masks}/cat.png`,
        remedy: 'Give each mask the name of its image.',
      },
    ];
  }
  if (levels.length >= 2 && levels.length <= MOST_LEVELS) return [];
  return [
    {
      code: 'data/mask-levels',
      message: `The masks in "${place.path}/${reader.masks}" have ${levels.length > MOST_LEVELS ? `more than ${MOST_LEVELS}` : levels.length} levels.`,
      expected: `2 to ${MOST_LEVELS}: one for each class`,
      remedy:
        levels.length > MOST_LEVELS
          ? 'Save masks as PNG, without soft edges and without compression losses; JPEG does not keep them.'
          : 'Check that the folder holds the masks.',
    },
  ];
}

function describe(
  place: DataPlace,
  reader: ReaderOf<'image-masks'>,
  { height, width, channels }: ImageForm,
  levels: readonly number[],
  samples: number,
) {
  const classes = levels.map((level, index) => reader.classes?.[index] ?? `level ${levelInWords(level)}`);
  return {
    id: dataSettingOf(place.path),
    title: path.basename(place.path),
    description: `Images with masks in the folder "${place.path}".`,
    inputs: [{ kind: 'image' as const, name: 'image', height, width, channels }],
    targets: [{ kind: 'mask' as const, name: 'mask', height, width, classes }],
    samples,
    licence: '',
  };
}
