import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { dataSettingOf, type ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { dataParts } from '../dataSet.ts';
import { listFiles, type DataPlace, type PlacedFile } from './dataPlace.ts';
import { keyOf, openBytes } from './fileRecords.ts';
import type { FormatReader } from './formatReader.ts';
import { partsInWords } from './imageFolder.ts';
import { count } from './imageSurvey.ts';
import { classesOf, damagedFile } from './labels.ts';
import { cachedFile } from './recordCache.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
const IMAGE_BYTES = PLANE * CHANNELS;

/** Either set by the names of its files. */
interface Variant {
  readonly classes: number;
  /** Labels before the pixels of a record, and which of them is learned. */
  readonly labelBytes: number;
  readonly labelAt: number;
  readonly names: string;
  readonly files: readonly { readonly file: PlacedFile; readonly part: number; readonly samples: number }[];
}

/** CIFAR-10 (`data_batch_1.bin` …) and CIFAR-100 (`train.bin`, `test.bin`): labels, then planes of red, green and blue. */
export const cifar: FormatReader<'cifar'> = {
  kind: 'cifar',

  async detect(place) {
    const variant = await variantOf(place, { kind: 'cifar', labels: 'fine' });
    return variant === undefined ? undefined : { kind: 'cifar', labels: 'fine' };
  },

  async survey(place, reader) {
    const variant = await requiredVariant(place, reader);
    const parts = partsOf(variant);
    return {
      reader,
      description: await describe(place, variant),
      parts,
      understood: [
        `CIFAR-${variant.labelBytes === 1 ? 10 : 100}: ${count(parts.train + parts.test, 'image')} of 32×32 in colour with ${count(variant.classes, 'class')}.`,
        ...(parts.test === 0 ? [] : [`${partsInWords(parts)}, as the names of the files say.`]),
      ],
      warnings: [],
      problems: [],
    };
  },

  async read(place, reader, options) {
    const variant = await requiredVariant(place, reader);
    const total = variant.files.reduce((sum, { samples }) => sum + samples, 0);
    const cached = await cachedFile(
      {
        key: keyOf(
          place,
          variant.files.map(({ file }) => file),
          reader,
        ),
        bytes: total * IMAGE_BYTES,
      },
      z.array(z.int()),
      async (handle) => {
        const labels: number[] = [];
        for (const { file } of variant.files) {
          for await (const records of recordsOf(file, variant)) {
            labels.push(...records.labels);
            await handle.writeFile(records.images);
          }
        }
        return labels;
      },
      options,
    );
    const labels = Int32Array.from(cached.known);
    const description = await describe(place, variant);
    const parts = Uint8Array.from(variant.files.flatMap(({ part, samples }) => new Array<number>(samples).fill(part)));
    return {
      data: {
        description,
        inputs: [await openBytes(cached.file, total * IMAGE_BYTES, 255, options)],
        targets: [labels],
        ...(parts.some((part) => part !== dataParts.train) && { parts }),
      },
      broken: [],
    };
  },
};

async function* recordsOf(
  file: PlacedFile,
  { labelBytes, labelAt, classes }: Variant,
): AsyncGenerator<{ labels: number[]; images: Uint8Array }> {
  const recordBytes = labelBytes + IMAGE_BYTES;
  const names = Array.from({ length: classes }, String);
  let record = 0;
  // Whole records at a time, so that none is torn between two chunks.
  for await (const piece of createReadStream(file.absolute, { highWaterMark: recordBytes * 256 })) {
    const chunk = piece as Buffer;
    const records = Math.floor(chunk.length / recordBytes);
    if (chunk.length % recordBytes !== 0) throw damagedFile(file.path, 'It is cut off.', {});
    const labels = new Int32Array(records);
    const images = new Uint8Array(records * IMAGE_BYTES);
    for (let index = 0; index < records; index++) {
      labels[index] = chunk[index * recordBytes + labelAt] ?? 0;
      interleave(chunk.subarray(index * recordBytes + labelBytes), images.subarray(index * IMAGE_BYTES));
    }
    const before = record;
    classesOf(labels, names, (index) => `The label of image ${before + index + 1} in "${file.path}"`);
    record += records;
    yield { labels: [...labels], images };
  }
}

/** Planes of red, green and blue become pixels. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      pixels[pixel * CHANNELS + channel] = planes[channel * PLANE + pixel] ?? 0;
    }
  }
}

async function variantOf(place: DataPlace, { labels }: ReaderOf<'cifar'>): Promise<Variant | undefined> {
  if (!place.isFolder) return undefined;
  const files = (await listFiles(place)).filter(({ path: name }) => name.endsWith('.bin'));
  const named = (wanted: RegExp): PlacedFile[] => files.filter(({ path: name }) => wanted.test(path.basename(name)));
  const ten = [...named(/^data_batch_\d+\.bin$/), ...named(/^test_batch\.bin$/)];
  const hundred = [...named(/^train\.bin$/), ...named(/^test\.bin$/)];
  const chosen = ten.length > 0 ? ten : hundred;
  if (chosen.length === 0) return undefined;
  const labelBytes = ten.length > 0 ? 1 : 2;
  const recordBytes = labelBytes + IMAGE_BYTES;
  const fine = labels === 'fine';
  return {
    labelBytes,
    labelAt: labelBytes === 2 && fine ? 1 : 0,
    classes: labelBytes === 1 ? 10 : fine ? 100 : 20,
    names: labelBytes === 1 ? 'batches.meta.txt' : fine ? 'fine_label_names.txt' : 'coarse_label_names.txt',
    files: chosen.map((file) => {
      if (file.size === 0 || file.size % recordBytes !== 0) {
        throw damagedFile(file.path, 'Its size is no whole number of images.', {
          expected: `a multiple of ${recordBytes} bytes`,
          received: String(file.size),
        });
      }
      const part = path.basename(file.path).startsWith('test') ? dataParts.test : dataParts.train;
      return { file, part, samples: file.size / recordBytes };
    }),
  };
}

async function requiredVariant(place: DataPlace, reader: ReaderOf<'cifar'>): Promise<Variant> {
  const variant = await variantOf(place, reader);
  if (variant !== undefined) return variant;
  throw new HostFailure({
    code: 'data/missing',
    message: `"${place.path}" has no binary files of CIFAR.`,
    expected: 'data_batch_1.bin … test_batch.bin, or train.bin and test.bin',
    remedy: 'Unpack the binary version of the set; the one for Python is of another form.',
  });
}

function partsOf({ files }: Variant) {
  const of = (wanted: number): number =>
    files.filter(({ part }) => part === wanted).reduce((sum, { samples }) => sum + samples, 0);
  return { train: of(dataParts.train), validation: 0, test: of(dataParts.test) };
}

async function describe(place: DataPlace, variant: Variant) {
  const names = await classNames(place, variant);
  return {
    id: dataSettingOf(place.path),
    title: path.basename(place.path),
    description: `CIFAR files in "${place.path}".`,
    inputs: [{ kind: 'image' as const, name: 'image', height: SIDE, width: SIDE, channels: CHANNELS }],
    targets: [{ kind: 'class' as const, name: 'class', classes: names }],
    samples: variant.files.reduce((sum, { samples }) => sum + samples, 0),
    licence: '',
  };
}

async function classNames(place: DataPlace, variant: Variant): Promise<string[]> {
  const found = (await listFiles(place)).find(({ path: name }) => path.basename(name) === variant.names);
  const lines =
    found === undefined ? [] : (await readFile(found.absolute, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  return Array.from({ length: variant.classes }, (_, label) => lines[label] ?? String(label));
}
