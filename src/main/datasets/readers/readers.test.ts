import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataReader } from '../../../graph-engine/training/dataReader.ts';
import { productRoot } from '../../files/productRoot.ts';
import { dataParts, type DataSet, type SampleNumbers } from '../dataSet.ts';
import { readNumbers } from '../numberStore.ts';
import type { ReadData, ReadOptions } from './formatReader.ts';
import { decodeImage } from './imageFile.ts';
import { openFiles } from './openFiles.ts';

interface Coded {
  readonly shape: readonly [number, number, number];
  readonly bytes: string;
}

interface Golden {
  readonly formats: Readonly<Record<string, Coded>>;
  readonly resized: Readonly<Record<'cover' | 'stretch' | 'contain', Coded>>;
  readonly pictures: { classes: string[]; labels: number[]; files: string[]; pixels: Coded };
  readonly masks: Coded;
  readonly idx: Coded;
  readonly cifar10: string;
  readonly cifar100: string;
  readonly arrays: { images: Coded; planes: number[]; features: number[]; values: number[] };
  readonly table: { features: number[]; targets: number[] };
  readonly bytePairs: { vocabulary: string[]; tokens: string[] };
}

const data = path.join(productRoot, 'tests', 'fixtures', 'data');
const golden = JSON.parse(readFileSync(path.join(productRoot, 'tests', 'golden', 'dataFiles.json'), 'utf8')) as Golden;
const bytesOf = ({ bytes }: Coded): Uint8Array => new Uint8Array(Buffer.from(bytes, 'base64'));

let options: ReadOptions;
beforeAll(async () => {
  const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-readers-'));
  options = { cacheFolder, memoryLimit: 1_000_000 };
});
afterAll(() => rm(options.cacheFolder, { recursive: true }));

async function read(name: string, reader?: DataReader): Promise<ReadData> {
  return (await openFiles(data, name, reader)).read(options);
}

function allOf(numbers: SampleNumbers | undefined): Float32Array {
  if (numbers === undefined) throw new Error('There are no numbers');
  const room = new Float32Array(numbers.length);
  readNumbers(numbers, 0, room);
  return room;
}

/** Images are from 0 to 1: as the bytes they were. */
const asBytes = (set: DataSet): Uint8Array => Uint8Array.from(allOf(set.inputs[0]), (value) => Math.round(value * 255));

function differences(one: Uint8Array, other: Uint8Array): { largest: number; mean: number } {
  expect(one.length).toBe(other.length);
  let [largest, sum] = [0, 0];
  for (const [index, value] of one.entries()) {
    const difference = Math.abs(value - (other[index] ?? 0));
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / one.length };
}

describe('images', () => {
  // Decoders round the colours of lossy formats differently, by a level or two.
  const lossy: Readonly<Record<string, number>> = {
    'photo.jpg': 3,
    'progressive.jpg': 3,
    'turned.jpg': 3,
    'photo.webp': 3,
  };

  test.each(Object.entries(golden.formats))('%s has the pixels that PIL reads', async (name, wanted) => {
    const [height, width] = wanted.shape;
    const form = { height, width, channels: 3, fit: 'stretch' } as const;
    const pixels = await decodeImage(path.join(data, 'formats', name), form);
    if (!(pixels instanceof Uint8Array)) throw new Error(pixels.why);
    expect(differences(pixels, bytesOf(wanted)).largest).toBeLessThanOrEqual(lossy[name] ?? 0);
  });

  test.each(['cover', 'stretch', 'contain'] as const)(
    '%s brings a photograph to the size that PIL does',
    async (fit) => {
      const wanted = golden.resized[fit];
      const [height, width] = wanted.shape;
      const pixels = await decodeImage(path.join(data, 'formats', 'photo.webp'), { height, width, channels: 3, fit });
      if (!(pixels instanceof Uint8Array)) throw new Error(pixels.why);
      // Both filter with Lanczos windows; libvips shrinks in two steps, which shows at the rim of the disc only.
      expect(differences(pixels, bytesOf(wanted)).mean).toBeLessThan(3);
    },
  );

  test('a folder of classes is numbered, ordered and read as by torchvision, and keeps its parts', async () => {
    const { data: set } = await read('pictures');
    const [target] = set.description.targets;
    expect(target).toMatchObject({ kind: 'class', classes: golden.pictures.classes });
    const train = [...(set.parts ?? [])].flatMap((part, sample) => (part === dataParts.train ? [sample] : []));
    expect(train.map((sample) => allOf(set.targets[0])[sample])).toEqual(golden.pictures.labels);
    expect([...(set.parts ?? [])].filter((part) => part === dataParts.validation)).toHaveLength(3);
    expect(asBytes(set).subarray(0, train.length * 144)).toEqual(bytesOf(golden.pictures.pixels));
  });

  test('masks in colours become classes in the order of their levels', async () => {
    const files = await openFiles(data, 'masks');
    const { reader, understood } = await files.survey();
    expect(reader).toMatchObject({ kind: 'image-masks', levels: [0, 0x008000, 0x800000] });
    expect(understood.join(' ')).toContain('3 levels: 0, #008000, #800000');
    const { data: set } = await files.read(options);
    expect(Uint8Array.from(allOf(set.targets[0]))).toEqual(bytesOf(golden.masks));
  });
});

describe('binary files', () => {
  test('IDX files packed by gzip are read as by torchvision; those of the test stay apart', async () => {
    const { data: set } = await read('idx');
    expect(asBytes(set)).toEqual(bytesOf(golden.idx));
    expect([...allOf(set.targets[0])].slice(18, 24)).toEqual([8, 9, 0, 1, 2, 3]);
    expect([...(set.parts ?? [])].filter((part) => part === dataParts.test)).toHaveLength(6);
  });

  test.each([
    ['cifar-10', 'fine', golden.cifar10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 1], 10],
    ['cifar-100', 'fine', golden.cifar100, [30, 99, 0], 100],
    ['cifar-100', 'coarse', golden.cifar100, [4, 1, 19], 20],
  ] as const)('%s, %s labels', async (name, labels, hash, wanted, classes) => {
    const { data: set } = await read(name, { kind: 'cifar', labels });
    expect(createHash('sha256').update(asBytes(set)).digest('hex')).toBe(hash);
    expect([...allOf(set.targets[0])]).toEqual(wanted);
    const [target] = set.description.targets;
    if (target?.kind !== 'class') throw new Error('There are no classes');
    expect(target.classes).toHaveLength(classes);
    expect(target.classes[3]).toBe(name === 'cifar-10' ? 'cat' : '3');
  });

  test('arrays of bytes are images, and whole numbers are classes', async () => {
    const { data: set } = await read('arrays');
    expect(set.description.inputs).toEqual([{ kind: 'image', name: 'image', height: 5, width: 4, channels: 3 }]);
    expect(set.description.targets).toEqual([{ kind: 'class', name: 'class', classes: ['0', '1', '2'] }]);
    expect(asBytes(set)).toEqual(bytesOf(golden.arrays.images));
  });

  test('an archive has its parts and its channels in their place', async () => {
    const files = await openFiles(data, 'planes.npz');
    expect(files.reader).toMatchObject({ inputs: 'x', targets: 'y', layout: 'channels-first' });
    const { data: set } = await files.read(options);
    expect([...allOf(set.inputs[0])]).toEqual(golden.arrays.planes.map(Math.fround));
    expect([...(set.parts ?? [])]).toEqual([0, 0, 0, 2, 2]);
  });

  test('half precision and double precision are numbers like others', async () => {
    const { data: set } = await read('halves');
    expect([...allOf(set.inputs[0])]).toEqual(golden.arrays.features);
    expect([...allOf(set.targets[0])]).toEqual(golden.arrays.values);
    expect(set.description.targets).toMatchObject([{ kind: 'values', names: ['y1', 'y2'] }]);
  });
});

describe('tables and texts', () => {
  test('a table gives features and values; gaps are filled, categories are columns, numbers of rows are not learned', async () => {
    const files = await openFiles(data, 'table.csv');
    const { reader, description } = await files.survey();
    expect(description.inputs).toMatchObject([
      { names: ['colour = blue', 'colour = green', 'colour = red', 'size, cm', 'weight'] },
    ]);
    expect(reader).toMatchObject({
      columns: [{ name: 'id', use: 'ignore' }, {}, {}, {}, { name: 'price', use: 'target' }],
    });
    const { data: set } = await files.read(options);
    expect([...allOf(set.inputs[0])]).toEqual(golden.table.features.map(Math.fround));
    expect([...allOf(set.targets[0])]).toEqual(golden.table.targets.map(Math.fround));
  });

  test('what the user says of columns is done: another target, rows with gaps left out', async () => {
    const { reader } = await (await openFiles(data, 'table.csv')).survey();
    if (reader.kind !== 'table') throw new Error('It is a table');
    const columns = reader.columns.map((column) => ({
      ...column,
      use: column.name === 'colour' ? ('target' as const) : column.name === 'price' ? ('feature' as const) : column.use,
    }));
    const { data: set } = await read('table.csv', { ...reader, columns, missing: 'leave-out' });
    expect(set.description.targets).toEqual([{ kind: 'class', name: 'colour', classes: ['blue', 'green', 'red'] }]);
    expect(set.description.samples).toBe(3);
    expect([...allOf(set.targets[0])]).toEqual([2, 1, 2]);
  });

  test('byte pairs are those that the tokenizers library learns', async () => {
    const { data: set } = await read('text', { kind: 'text', tokens: 'byte-pairs', vocabulary: 61 });
    const [text] = set.description.inputs;
    if (text?.kind !== 'text') throw new Error('It is a text');
    // The last one stands for what is not known.
    expect(text.vocabulary.slice(0, -1)).toEqual(golden.bytePairs.vocabulary);
    expect([...allOf(set.inputs[0])].map((token) => text.vocabulary[token])).toEqual(golden.bytePairs.tokens);
  });

  test.each(['characters', 'words', 'byte-pairs'] as const)('%s put together again are the text', async (tokens) => {
    const { data: set } = await read('text', { kind: 'text', tokens, vocabulary: 200 });
    const [text] = set.description.inputs;
    if (text?.kind !== 'text') throw new Error('It is a text');
    const whole = [...allOf(set.inputs[0])].map((token) => text.vocabulary[token]).join('');
    expect(whole).toBe(readFileSync(path.join(data, 'text', 'words.txt'), 'utf8'));
  });
});
