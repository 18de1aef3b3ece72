import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { dataSettingOf, type ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { dataParts } from '../dataSet.ts';
import { listFiles, type DataPlace, type PlacedFile } from './dataPlace.ts';
import { keyOf, openBytes } from './fileRecords.ts';
import type { FormatReader } from './formatReader.ts';
import { countParts, partsInWords } from './imageFolder.ts';
import { count } from './imageSurvey.ts';
import { classesOf, countMismatch, damagedFile } from './labels.ts';
import { cachedFile } from './recordCache.ts';

/** A file as its header describes it. */
export interface IdxFile extends PlacedFile {
  readonly packed: boolean;
  readonly dims: readonly number[];
  readonly headerBytes: number;
}

const UNSIGNED_BYTE = 0x08;
const MOST_DIMENSIONS = 4;
/** More numbers than any file of this format has; a hostile header must not decide how much is written. */
const MOST_NUMBERS = 2 ** 36;

interface Pair {
  readonly images: IdxFile;
  readonly labels: IdxFile;
  readonly part: number;
}

/** The files of MNIST and its family: images and labels of unsigned bytes, packed by gzip or not. */
export const idx: FormatReader<'idx'> = {
  kind: 'idx',

  async detect(place) {
    const pairs = await pairsOf(place);
    return pairs.length === 0 ? undefined : { kind: 'idx' };
  },

  async survey(place, reader) {
    const pairs = await requiredPairs(place);
    const labels = await labelsOf(pairs);
    const classes = classesOf(labels.all, await classNames(place, reader), labels.placeOf);
    const parts = countParts(labels.parts.map((part) => ({ part })));
    const [height = 1, width = 1, channels = 1] = pairs[0]?.images.dims.slice(1) ?? [];
    return {
      reader,
      description: describe(place, reader, pairs, classes, labels.all.length),
      parts,
      understood: [
        `IDX files: ${count(labels.all.length, 'image')} of ${height}×${width}×${channels} with ${count(classes.length, 'class')}.`,
        ...(parts.validation + parts.test === 0 ? [] : [`${partsInWords(parts)}, as the names of the files say.`]),
      ],
      warnings: [],
      problems: [],
    };
  },

  async read(place, reader, options) {
    const pairs = await requiredPairs(place);
    const labels = await labelsOf(pairs);
    const classes = classesOf(labels.all, await classNames(place, reader), labels.placeOf);
    const bytes = pairs.reduce((sum, { images }) => sum + product(images.dims), 0);
    const { file } = await cachedFile(
      {
        key: keyOf(
          place,
          pairs.map(({ images }) => images),
          'idx',
        ),
        bytes,
      },
      z.null(),
      async (handle) => {
        for (const { images } of pairs) {
          for await (const chunk of contentOf(images)) await handle.writeFile(chunk);
        }
        return null;
      },
      options,
    );
    return {
      data: {
        description: describe(place, reader, pairs, classes, labels.all.length),
        inputs: [await openBytes(file, bytes, 255, options)],
        targets: [labels.all],
        ...(pairs.some(({ part }) => part !== dataParts.train) && { parts: Uint8Array.from(labels.parts) }),
      },
      broken: [],
    };
  },
};

/** Reads the header of a file; `undefined` for a file that is no IDX file. */
export async function readIdxHeader(file: PlacedFile): Promise<IdxFile | undefined> {
  const packed = file.path.endsWith('.gz');
  const start = await firstBytes(file, packed, 4 + 4 * MOST_DIMENSIONS).catch(() => undefined);
  if (start === undefined || start.length < 4 || start[0] !== 0 || start[1] !== 0) return undefined;
  const [, , type = 0, dimensions = 0] = start;
  if (type < UNSIGNED_BYTE || type > 0x0e || dimensions < 1 || dimensions > MOST_DIMENSIONS) return undefined;
  const headerBytes = 4 + 4 * dimensions;
  if (start.length < headerBytes) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const dims = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index, false));
  if (type !== UNSIGNED_BYTE) {
    throw damagedFile(file.path, 'Its numbers are no unsigned bytes.', {
      expected: 'type 8',
      received: `type ${type}`,
    });
  }
  const numbers = product(dims);
  if (numbers > MOST_NUMBERS || (!packed && numbers !== file.size - headerBytes)) {
    throw damagedFile(file.path, 'Its header does not agree with its size.', {
      expected: `${numbers} bytes after the header, for ${dims.join('×')}`,
      received: `${file.size - headerBytes}`,
    });
  }
  return { ...file, packed, dims, headerBytes };
}

/** The numbers of a file in chunks. Throws a `HostFailure` when there are more or fewer than its header says. */
async function* contentOf(file: IdxFile): AsyncGenerator<Uint8Array> {
  const expected = product(file.dims);
  let skip = file.headerBytes;
  let seen = 0;
  try {
    for await (const piece of open(file, file.packed)) {
      const chunk = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - chunk.length;
      seen += chunk.length;
      if (seen > expected) break;
      if (chunk.length > 0) yield chunk;
    }
  } catch (error) {
    if (
      error instanceof HostFailure ||
      !(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
    )
      throw error;
    throw damagedFile(file.path, 'It cannot be unpacked.', { expected: 'a gzip file', received: error.message });
  }
  if (seen !== expected) {
    throw damagedFile(file.path, 'Its header does not agree with its content.', {
      expected: `${expected} numbers`,
      received: seen > expected ? 'more' : String(seen),
    });
  }
}

function open(file: PlacedFile, packed: boolean): AsyncIterable<Buffer> {
  const stream = createReadStream(file.absolute);
  if (!packed) return stream;
  const unpacking = createGunzip();
  stream.on('error', (error) => unpacking.destroy(error));
  return stream.pipe(unpacking);
}

async function firstBytes(file: PlacedFile, packed: boolean, wanted: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of open(file, packed)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= wanted) break;
  }
  return Buffer.concat(chunks).subarray(0, wanted);
}

async function pairsOf(place: DataPlace): Promise<readonly Pair[]> {
  const listed = await listFiles(
    place.isFolder ? place : { ...place, absolute: path.dirname(place.absolute), isFolder: true },
  );
  const own = place.isFolder ? listed : listed.filter(({ path: name }) => !name.includes('/'));
  const candidates = own.filter(({ path: name }) => /idx\d|ubyte/i.test(name));
  const files = (await Promise.all(candidates.map(readIdxHeader))).filter((file) => file !== undefined);
  // A file that is there packed and unpacked is one file.
  const once = files.filter((file) => !file.packed || !files.some(({ path: name }) => name === file.path.slice(0, -3)));
  return once
    .filter(({ dims, absolute }) => dims.length > 1 && (place.isFolder || absolute === place.absolute))
    .flatMap((images): Pair[] => {
      const wanted = stem(images.path);
      const labels = once.find(({ dims, path: name }) => dims.length === 1 && stem(name) === wanted);
      if (labels === undefined) return [];
      const part = /t10k|test/i.test(images.path)
        ? dataParts.test
        : /val/i.test(images.path)
          ? dataParts.validation
          : dataParts.train;
      return [{ images, labels, part }];
    })
    .sort((a, b) => a.part - b.part);
}

/** What the names of images and of their labels have in common: `train-images-idx3-ubyte.gz` gives `train`. */
function stem(name: string): string {
  return name.replace(/\.gz$/, '').replace(/[-_.]?(images?|labels?)[-_.]?idx\d[-_.]?ubyte$/i, '');
}

async function requiredPairs(place: DataPlace): Promise<readonly Pair[]> {
  const pairs = await pairsOf(place);
  const [first] = pairs;
  if (first === undefined) {
    throw new HostFailure({
      code: 'data/missing',
      message: `"${place.path}" has no IDX file of images with its file of labels.`,
      expected: 'train-images-idx3-ubyte and train-labels-idx1-ubyte, or these with .gz',
      remedy: 'Put both files into the folder under their own names.',
    });
  }
  for (const { images, labels } of pairs) {
    if (images.dims[0] !== labels.dims[0])
      throw countMismatch(images.path, images.dims[0] ?? 0, labels.path, labels.dims[0] ?? 0);
    if (images.dims.slice(1).join() !== first.images.dims.slice(1).join()) {
      throw damagedFile(images.path, 'Its images have another size than those of the other part.', {
        expected: first.images.dims.slice(1).join('×'),
        received: images.dims.slice(1).join('×'),
      });
    }
  }
  return pairs;
}

async function labelsOf(pairs: readonly Pair[]) {
  const all = new Int32Array(pairs.reduce((sum, { labels }) => sum + (labels.dims[0] ?? 0), 0));
  const parts: number[] = [];
  const starts: { start: number; file: IdxFile }[] = [];
  let at = 0;
  for (const { labels, part } of pairs) {
    starts.push({ start: at, file: labels });
    for await (const chunk of contentOf(labels)) {
      all.set(chunk, at);
      at += chunk.length;
      for (let i = 0; i < chunk.length; i++) parts.push(part);
    }
  }
  return {
    all,
    parts,
    placeOf(index: number): string {
      const own = starts.findLast(({ start }) => start <= index);
      return `Label ${index - (own?.start ?? 0) + 1} of "${own?.file.path ?? ''}"`;
    },
  };
}

/** Names of the classes: those the user gave, or a line each in `classes.txt` beside the files. */
async function classNames(place: DataPlace, { classes }: ReaderOf<'idx'>): Promise<readonly string[] | undefined> {
  if (classes !== undefined) return classes;
  const folder = place.isFolder ? place.absolute : path.dirname(place.absolute);
  const text = await readFile(path.join(folder, 'classes.txt'), 'utf8').catch(() => '');
  const names = text.split(/\r?\n/).filter((line) => line !== '');
  return names.length === 0 ? undefined : names;
}

function product(dims: readonly number[]): number {
  return dims.reduce((all, dim) => all * dim, 1);
}

function describe(
  place: DataPlace,
  _reader: ReaderOf<'idx'>,
  pairs: readonly Pair[],
  classes: readonly string[],
  samples: number,
) {
  const [height = 1, width = 1, channels = 1] = pairs[0]?.images.dims.slice(1) ?? [];
  const flat = pairs[0]?.images.dims.length === 2;
  return {
    id: dataSettingOf(place.path),
    title: path.basename(place.path),
    description: `IDX files in "${place.path}".`,
    inputs: [
      flat
        ? {
            kind: 'features' as const,
            name: 'features',
            names: Array.from({ length: height }, (_, index) => `x${index + 1}`),
          }
        : { kind: 'image' as const, name: 'image', height, width, channels },
    ],
    targets: [{ kind: 'class' as const, name: 'class', classes: [...classes] }],
    samples,
    licence: '',
  };
}
