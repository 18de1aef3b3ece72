import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { features, image, sequence } from '../../graph-engine/core/shape.ts';
import { answerOf } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import type { HeldDataSet } from './dataSet.ts';
import { dataSourceNamed } from './dataSources.ts';
import { digits } from './digits.ts';
import { bilinearResize, fitImages } from './fitImages.ts';
import { shapes } from './shapes.ts';
import { epochOrder, splitSamples } from './splitSamples.ts';

/** Images and classes of a set that has these. */
function columnsOf({ inputs: [images], targets: [labels] }: HeldDataSet): { images: Float32Array; labels: Int32Array } {
  if (!(images instanceof Float32Array && labels instanceof Int32Array))
    throw new Error('There are no images and classes');
  return { images, labels };
}

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-data-'))));
afterAll(() => rm(folder, { recursive: true }));

describe('the digits', () => {
  test('are 1 797 images of ten classes, as their notice says', async () => {
    const { images, labels } = columnsOf(await digits().load());
    expect(labels.length).toBe(1797);
    expect(images.length).toBe(1797 * 64);
    expect(Math.min(...images)).toBe(0);
    expect(Math.max(...images)).toBe(1);
    const counts = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });

  const lines = async (): Promise<string[]> => {
    const packed = await readFile(path.join(productRoot, 'assets', 'data', 'digits.csv.gz'));
    return gunzipSync(packed).toString('utf8').trimEnd().split('\n');
  };

  test.each([
    ['a value above 16', (row: string) => row.replace(/^\d+/, '17'), 'Line 3, value 1 is out of range.', '17'],
    ['a class that is none', (row: string) => row.replace(/\d+$/, '10'), 'Line 3, value 65 is out of range.', '10'],
    ['a word', (row: string) => row.replace(/^\d+/, 'zero'), 'Line 3, value 1 is out of range.', 'zero'],
    ['a value too few', (row: string) => row.replace(/^\d+,/, ''), 'Line 3 has the wrong number of values.', '64'],
  ])('%s is told with its line', async (_, damage, message, received) => {
    const rows = await lines();
    const file = path.join(folder, 'damaged.csv.gz');
    await writeFile(file, gzipSync(rows.map((row, index) => (index === 2 ? damage(row) : row)).join('\n')));
    const answer = await answerOf(() => digits(file).load());
    expect(answer).toMatchObject({ ok: false, problem: { code: 'data/damaged', received } });
    if (!answer.ok) expect(answer.problem.message).toContain(message);
  });

  test('a file that is cut off, that is empty, or that is not there is told in words', async () => {
    const packed = await readFile(path.join(productRoot, 'assets', 'data', 'digits.csv.gz'));
    const file = path.join(folder, 'cut.csv.gz');
    await writeFile(file, packed.subarray(0, 1000));
    expect(await answerOf(() => digits(file).load())).toMatchObject({ ok: false, problem: { code: 'data/damaged' } });
    await writeFile(file, gzipSync(''));
    expect(await answerOf(() => digits(file).load())).toMatchObject({ ok: false, problem: { code: 'data/damaged' } });
    const missing = path.join(folder, 'nothing.csv.gz');
    expect(await answerOf(() => digits(missing).load())).toMatchObject({
      ok: false,
      problem: { code: 'file/missing' },
    });
  });
});

describe('the shapes', () => {
  test('are the same every time, a short set being the beginning of a long one', async () => {
    const [short, long] = [columnsOf(await shapes(20).load()), columnsOf(await shapes(40).load())];
    expect(long.images.subarray(0, short.images.length)).toEqual(short.images);
    expect([...short.labels]).toEqual([...Array(20).keys()].map((sample) => sample % 10));
    expect(short.images.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('two samples of a class differ in most pixels', async () => {
    const { images } = columnsOf(await shapes(20).load());
    const [first, second] = [images.subarray(0, 3072), images.subarray(10 * 3072, 11 * 3072)];
    expect(first.filter((value, index) => value !== second[index]).length).toBeGreaterThan(2900);
  });
});

test('a name that is no data set is answered with those that are', async () => {
  expect(await answerOf(() => dataSourceNamed('mnist'))).toMatchObject({
    ok: false,
    problem: {
      code: 'data/unknown',
      expected: 'digits or shapes or shape-masks or licence-text or tic-tac-toe or friedman',
      received: 'mnist',
    },
  });
});

describe('fitting to the input', () => {
  const [digitImage] = digits().description.inputs;
  const [shapeImage] = shapes().description.inputs;
  if (digitImage?.kind !== 'image' || shapeImage?.kind !== 'image') throw new Error('Both sets have images');

  test('data that fit are left alone', () => {
    for (const type of [image(8, 8, 1), features(64)]) {
      expect(fitImages('Digits', digitImage, type)).toMatchObject({ convert: undefined, notices: [] });
    }
  });

  test('grey images become larger colour ones, and the user is told both', async () => {
    const { images } = columnsOf(await digits().load());
    const { convert, size, notices } = fitImages('Digits', digitImage, image(16, 16, 3));
    const fitted = convert?.(images.subarray(0, 64)) ?? new Float32Array();
    expect(size).toEqual({ height: 16, width: 16, channels: 3 });
    expect(fitted.length).toBe(16 * 16 * 3);
    expect(fitted[300]).toBe(fitted[301]);
    expect(notices.join(' ')).toMatch(/repeated over 3 channels.* resized from 8×8 to 16×16/);
  });

  test('colours become grey by their lightness', async () => {
    const { images } = columnsOf(await shapes(1).load());
    const fitted = fitImages('Shapes', shapeImage, image(32, 32, 1)).convert?.(images);
    const [red = 0, green = 0, blue = 0] = images;
    expect(fitted?.[0]).toBeCloseTo(0.299 * red + 0.587 * green + 0.114 * blue, 6);
  });

  test('doubling the size interpolates between pixel centres', () => {
    const double = bilinearResize({ height: 1, width: 2 }, { height: 1, width: 4 }, 1);
    expect([...double(Float32Array.of(0, 1))]).toEqual([0, 0.25, 0.75, 1]);
  });

  test('the rows of an image can be the positions of a sequence', async () => {
    const { images } = columnsOf(await digits().load());
    expect(fitImages('Digits', digitImage, sequence(8, 8)).convert).toBeUndefined();
    const half = fitImages('Digits', digitImage, sequence(4, 8));
    expect(half.size).toEqual({ height: 4, width: 8, channels: 1 });
    expect(half.convert?.(images.subarray(0, 64)).length).toBe(32);
  });
});

describe('order of the samples', () => {
  test('a split is whole, without overlap, and depends on the seed alone', () => {
    const split = splitSamples(100, 0.2, 7);
    expect(split.validation.length).toBe(20);
    expect([...split.train, ...split.validation].toSorted((a, b) => a - b)).toEqual([...Array(100).keys()]);
    expect(splitSamples(100, 0.2, 7)).toEqual(split);
    expect(splitSamples(100, 0.2, 8)).not.toEqual(split);
  });

  test('even extreme shares leave a sample on each side', () => {
    expect(splitSamples(2, 0.001, 1).validation.length).toBe(1);
    expect(splitSamples(2, 0.999, 1).train.length).toBe(1);
  });

  test('every epoch visits every training sample once, each in its own order', () => {
    const { train } = splitSamples(50, 0.2, 3);
    const [first, second] = [epochOrder(train, 3, 0), epochOrder(train, 3, 1)];
    expect(first.toSorted()).toEqual(train.toSorted());
    expect(second).not.toEqual(first);
    expect(epochOrder(train, 3, 1)).toEqual(second);
  });
});
