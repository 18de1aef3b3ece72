import { open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { DataInput, DataTarget } from '../../../graph-engine/training/dataDescription.ts';
import { dataSettingOf, type ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { userCacheFolder } from '../../engines/userCacheFolder.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { dataParts, type SampleNumbers } from '../dataSet.ts';
import { elementTypes } from '../elementTypes.ts';
import { keptInMemory, openNumbers, type NumberPlace } from '../numberStore.ts';
import { arrayKey, openArrays, type ArrayFile } from './arrayFiles.ts';
import type { DataPlace } from './dataPlace.ts';
import type { FormatReader, PartCounts, ReadOptions } from './formatReader.ts';
import { partsInWords } from './imageFolder.ts';
import { classesOf, countMismatch, damagedFile } from './labels.ts';
import { cachedFile } from './recordCache.ts';

type Options = ReaderOf<'arrays'>;

/** Names that inputs and targets usually have, tried in this order. */
const usualNames = [
  ['x', 'y'],
  ['X', 'y'],
  ['images', 'labels'],
  ['images', 'masks'],
  ['inputs', 'targets'],
  ['data', 'labels'],
  ['data', 'target'],
  ['features', 'targets'],
  ['arr_0', 'arr_1'],
] as const;
const partWords = [
  [dataParts.train, ['train']],
  [dataParts.validation, ['val', 'valid', 'validation']],
  [dataParts.test, ['test']],
] as const;
const CHUNK_NUMBERS = 1024 * 1024;

/** An input with its target, where there is one, for a part of the data. */
interface Piece {
  readonly part: number;
  readonly inputs: ArrayFile;
  readonly targets: ArrayFile | undefined;
}

/** NumPy arrays: images, masks or features with classes or values. */
export const arrays: FormatReader<'arrays'> = {
  kind: 'arrays',

  async detect(place) {
    if (!place.isFolder && !/\.np[yz]$/.test(place.path)) return undefined;
    const found = await openArrays(place, userCacheFolder());
    if (found.size === 0) return undefined;
    const names = usualNames.find(([inputs, targets]) =>
      piecesOf(found, inputs, targets).some((piece) => piece.targets),
    );
    const [inputs = '', targets = ''] = names ?? [[...found.keys()][0] ?? '', [...found.keys()][1] ?? ''];
    const shape = piecesOf(found, inputs, targets)[0]?.inputs.shape ?? [];
    const first = shape.length === 4 && isChannels(shape[1]) && !isChannels(shape[3]);
    return { kind: 'arrays', inputs, targets, layout: first ? 'channels-first' : 'channels-last', learn: 'auto' };
  },

  async survey(place, reader) {
    const pieces = requiredPieces(place, reader, await openArrays(place, userCacheFolder()));
    const description = await describe(place, reader, pieces);
    const parts = partsOf(pieces);
    const { inputs, targets } = pieces[0] ?? {};
    return {
      reader,
      description,
      parts,
      understood: [
        `"${inputs?.name ?? ''}": ${inputs?.shape.join('×') ?? ''} of ${inputs?.type ?? ''}.`,
        targets === undefined
          ? 'There are no targets.'
          : `"${targets.name}": ${targets.shape.join('×')} of ${targets.type}.`,
        ...(parts.validation + parts.test === 0 ? [] : [`${partsInWords(parts)}, as the names of the arrays say.`]),
      ],
      warnings: [],
      problems: [],
    };
  },

  async read(place, reader, options) {
    const pieces = requiredPieces(place, reader, await openArrays(place, options.cacheFolder));
    const description = await describe(place, reader, pieces);
    const [input] = description.inputs;
    const divisor = input?.kind === 'image' && pieces[0]?.inputs.type === 'uint8' ? 255 : 1;
    const inputs = await numbersOf(
      pieces.map((piece) => piece.inputs),
      reader,
      divisor,
      options,
    );
    const targets: SampleNumbers[] = [];
    const [target] = description.targets;
    if (target !== undefined) {
      const files = pieces.flatMap((piece) => piece.targets ?? []);
      targets.push(target.kind === 'class' ? await labelsOf(files) : await numbersOf(files, reader, 1, options));
    }
    const parts = Uint8Array.from(
      pieces.flatMap((piece) => new Array<number>(piece.inputs.shape[0] ?? 0).fill(piece.part)),
    );
    return {
      data: {
        description,
        inputs: [inputs],
        targets,
        preparation: { kind: 'arrays', layout: reader.layout, divisor },
        ...(parts.some((part) => part !== 0) && { parts }),
      },
      broken: [],
    };
  },
};

const isChannels = (size: number | undefined): boolean => size === 1 || size === 3 || size === 4;

function piecesOf(found: ReadonlyMap<string, ArrayFile>, inputs: string, targets: string): Piece[] {
  const parted = partWords.flatMap(([part, words]) =>
    words.flatMap((word): Piece[] => {
      const named = (base: string) => found.get(`${base}_${word}`) ?? found.get(`${word}_${base}`);
      const own = named(inputs);
      return own === undefined ? [] : [{ part, inputs: own, targets: named(targets) }];
    }),
  );
  if (parted.length > 0) return parted;
  const own = found.get(inputs);
  return own === undefined ? [] : [{ part: dataParts.train, inputs: own, targets: found.get(targets) }];
}

function requiredPieces(place: DataPlace, reader: Options, found: ReadonlyMap<string, ArrayFile>): readonly Piece[] {
  const pieces = piecesOf(found, reader.inputs, reader.targets);
  const [first] = pieces;
  if (first === undefined) {
    throw new HostFailure({
      code: 'data/no-array',
      message: `"${place.path}" has no array "${reader.inputs}".`,
      expected: `one of ${[...found.keys()].slice(0, 12).join(', ') || 'the arrays of .npy or .npz files'}`,
      received: reader.inputs,
      remedy: 'Name the array of inputs under Data.',
    });
  }
  for (const { inputs, targets } of pieces) {
    if (targets !== undefined && targets.shape[0] !== inputs.shape[0])
      throw countMismatch(inputs.name, inputs.shape[0] ?? 0, targets.name, targets.shape[0] ?? 0);
    sameSamples(first.inputs, inputs);
    if (first.targets !== undefined && targets !== undefined) sameSamples(first.targets, targets);
  }
  return pieces;
}

function sameSamples(one: ArrayFile, other: ArrayFile): void {
  const [expected, received] = [one, other].map(({ shape, type }) => `${shape.slice(1).join('×')} of ${type}`);
  if (expected === received) return;
  throw damagedFile(other.name, `Its samples are not like those of "${one.name}".`, {
    expected: expected ?? '',
    received: received ?? '',
  });
}

function partsOf(pieces: readonly Piece[]): PartCounts {
  const of = (part: number): number =>
    pieces.filter((piece) => piece.part === part).reduce((sum, { inputs }) => sum + (inputs.shape[0] ?? 0), 0);
  return { train: of(dataParts.train), validation: of(dataParts.validation), test: of(dataParts.test) };
}

async function describe(place: DataPlace, reader: Options, pieces: readonly Piece[]) {
  const [first] = pieces;
  if (first === undefined) throw new Error('There are no arrays');
  const input = describeInput(reader, first.inputs);
  const target = first.targets === undefined ? undefined : await describeTarget(reader, input, pieces);
  return {
    id: dataSettingOf(place.path),
    title: path.basename(place.path),
    description: `NumPy arrays in "${place.path}".`,
    inputs: [input],
    targets: target === undefined ? [] : [target],
    samples: pieces.reduce((sum, { inputs }) => sum + (inputs.shape[0] ?? 0), 0),
    licence: '',
  };
}

function describeInput(reader: Options, { name, shape }: ArrayFile): DataInput {
  const [, a = 1, b = 1, c = 1] = shape;
  switch (shape.length) {
    case 1:
      return { kind: 'features', name: 'features', names: [name.replace(/\.npy$/, '')] };
    case 2:
      return { kind: 'features', name: 'features', names: Array.from({ length: a }, (_, index) => `x${index + 1}`) };
    case 3:
      return { kind: 'image', name: 'image', height: a, width: b, channels: 1 };
    case 4:
      return reader.layout === 'channels-last'
        ? { kind: 'image', name: 'image', height: a, width: b, channels: c }
        : { kind: 'image', name: 'image', height: b, width: c, channels: a };
    default:
      throw damagedFile(name, `It has ${shape.length} axes.`, { expected: '1 to 4, the first for the samples' });
  }
}

async function describeTarget(reader: Options, input: DataInput, pieces: readonly Piece[]): Promise<DataTarget> {
  const files = pieces.flatMap((piece) => piece.targets ?? []);
  const [first] = files;
  if (first === undefined) throw new Error('There are no targets');
  const { shape, type } = first;
  const column = shape.slice(1).reduce((product, size) => product * size, 1) === 1;
  const whole = !type.startsWith('float');
  const flatMask = input.kind === 'image' && (shape.length === 3 || (shape.length === 4 && shape[3] === 1));
  const learn =
    reader.learn !== 'auto' ? reader.learn : whole && column ? 'class' : whole && flatMask ? 'mask' : 'values';
  switch (learn) {
    case 'class':
      return { kind: 'class', name: 'class', classes: [...(await classNames(reader, files))] };
    case 'mask': {
      if (input.kind !== 'image' || !flatMask)
        throw damagedFile(first.name, 'Masks need an image each.', { expected: 'samples×height×width' });
      const [, height = 1, width = 1] = shape;
      return { kind: 'mask', name: 'mask', height, width, classes: [...(await classNames(reader, files))] };
    }
    case 'values': {
      const length = shape.slice(1).reduce((product, size) => product * size, 1);
      const names = Array.from({ length }, (_, index) => (length === 1 ? 'y' : `y${index + 1}`));
      return { kind: 'values', name: 'values', names };
    }
  }
}

async function classNames(reader: Options, files: readonly ArrayFile[]): Promise<readonly string[]> {
  let names = reader.classes;
  let most: readonly string[] = names ?? [];
  for (const file of files) {
    for await (const { start, numbers } of numbersIn(file)) {
      const found = classesOf(numbers, names, (index) => `Number ${start + index + 1} of "${file.name}"`);
      if (found.length > most.length) most = found;
    }
    names = reader.classes;
  }
  return most;
}

async function labelsOf(files: readonly ArrayFile[]): Promise<Int32Array> {
  const total = files.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const labels = new Int32Array(total);
  let at = 0;
  for (const file of files) {
    for await (const { numbers } of numbersIn(file)) {
      labels.set(numbers, at);
      at += numbers.length;
    }
  }
  return labels;
}

async function* numbersIn(file: ArrayFile): AsyncGenerator<{ start: number; numbers: Float32Array }> {
  const { bytes, decode } = elementTypes[file.type];
  const total = file.shape.reduce((product, size) => product * size, 1);
  const handle = await open(file.absolute, 'r');
  try {
    for (let start = 0; start < total; start += CHUNK_NUMBERS) {
      const length = Math.min(CHUNK_NUMBERS, total - start);
      const buffer = Buffer.alloc(length * bytes);
      await handle.read(buffer, 0, buffer.length, file.dataAt + start * bytes);
      const numbers = new Float32Array(length);
      decode(new DataView(buffer.buffer, buffer.byteOffset, buffer.length), 0, numbers, 1);
      yield { start, numbers };
    }
  } finally {
    await handle.close();
  }
}

/** One array stays where it lies; several, or those with their channels first, are put one after the other in a file. */
async function numbersOf(
  files: readonly ArrayFile[],
  { layout }: Options,
  divisor: number,
  options: ReadOptions,
): Promise<SampleNumbers> {
  const [first] = files;
  if (first === undefined) throw new Error('There is no array');
  const { type, shape } = first;
  const length = files.reduce((sum, file) => sum + file.shape.reduce((product, size) => product * size, 1), 0);
  const planes = layout === 'channels-first' && shape.length === 4 ? (shape[1] ?? 1) : 1;
  const place: Pick<NumberPlace, 'type' | 'length' | 'divisor'> = { type, length, divisor };
  if (files.length === 1 && planes === 1) {
    return openNumbers(
      await keptInMemory({ ...place, file: first.absolute, offset: first.dataAt }, options.memoryLimit),
    );
  }
  const { bytes } = elementTypes[type];
  const key = [layout, ...(await Promise.all(files.map(arrayKey)))].join('\n');
  const { file } = await cachedFile(
    { key, bytes: length * bytes },
    z.null(),
    async (handle) => {
      for (const source of files) {
        const sample = source.shape.slice(1).reduce((product, size) => product * size, 1) * bytes;
        const samples = source.shape[0] ?? 0;
        const atOnce = Math.max(1, Math.floor((CHUNK_NUMBERS * bytes) / Math.max(1, sample)));
        const from = await open(source.absolute, 'r');
        try {
          for (let start = 0; start < samples; start += atOnce) {
            const chunk = Buffer.alloc(Math.min(atOnce, samples - start) * sample);
            await from.read(chunk, 0, chunk.length, source.dataAt + start * sample);
            await handle.writeFile(planes === 1 ? chunk : channelsLast(chunk, sample, planes, bytes));
          }
        } finally {
          await from.close();
        }
      }
      return null;
    },
    options,
  );
  return openNumbers(await keptInMemory({ ...place, file, offset: 0 }, options.memoryLimit));
}

/** Samples of planes become samples of pixels, whatever the type of the numbers. */
function channelsLast(samples: Buffer, sampleBytes: number, planes: number, bytes: number): Buffer {
  const result = Buffer.alloc(samples.length);
  const pixels = sampleBytes / planes / bytes;
  for (let start = 0; start < samples.length; start += sampleBytes) {
    for (let plane = 0; plane < planes; plane++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const from = start + (plane * pixels + pixel) * bytes;
        samples.copy(result, start + (pixel * planes + plane) * bytes, from, from + bytes);
      }
    }
  }
  return result;
}
