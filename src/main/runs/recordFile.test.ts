import { appendFile, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRecordWriter, readRecords } from './recordFile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skipwire-records-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const description = '{"format":"test"}';

async function write(file: string, steps: readonly number[], from = 0, about = description): Promise<void> {
  const writer = await openRecordWriter(file, { description: about, size: 2, step: from });
  for (const step of steps) await writer.append(step, Uint8Array.of(step, from));
}

const read = async (file: string, options = {}) => {
  const found = await readRecords(file, options);
  return found?.steps.map((step, i) => [step, ...(found.records[i] ?? [])]);
};

test('a training that goes on from a checkpoint writes again what came after it', async () => {
  const file = path.join(folder, 'resumed.bin');
  await write(file, [0, 10, 20, 30]);
  await write(file, [20, 30, 40], 15);
  expect(await read(file)).toEqual([
    [0, 0, 0],
    [10, 10, 0],
    [20, 20, 15],
    [30, 30, 15],
    [40, 40, 15],
  ]);
  expect(await read(file, { after: 20 })).toEqual([
    [30, 30, 15],
    [40, 40, 15],
  ]);
});

test('of many records some are read evenly, with the first and the last, and of each a part', async () => {
  const file = path.join(folder, 'many.bin');
  await write(
    file,
    Array.from({ length: 101 }, (_, i) => i),
  );
  expect(await read(file, { most: 5, part: { offset: 1, length: 1 } })).toEqual(
    [0, 25, 50, 75, 100].map((step) => [step, 0]),
  );
  expect(await read(file, { most: 1 })).toEqual([[100, 100, 0]]);
});

test('a record that was cut off does not count, and the next one takes its place', async () => {
  const file = path.join(folder, 'cut.bin');
  await write(file, [0, 10]);
  const { length } = await readFile(file);
  await truncate(file, length - 3);
  expect(await read(file)).toEqual([[0, 0, 0]]);
  await write(file, [10], 10);
  expect(await read(file)).toEqual([
    [0, 0, 0],
    [10, 10, 10],
  ]);
});

test('what is no such file, or describes something else, is not taken for one', async () => {
  const file = path.join(folder, 'other.bin');
  await appendFile(file, 'no records at all, but long enough to be looked at');
  expect(await readRecords(file)).toBeUndefined();
  expect(await readRecords(path.join(folder, 'nothing.bin'))).toBeUndefined();
  await write(file, [1]);
  await write(file, [2], 2, '{"format":"another"}');
  expect(await read(file)).toEqual([[2, 2, 2]]);
});
