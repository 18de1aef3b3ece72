import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerOf } from '../files/hostFailure.ts';
import { furthestCheckpoint, listCheckpoints, writeCheckpoint } from './checkpointFiles.ts';
import { readWholeCheckpoint, type Checkpoint } from './checkpoints.ts';
import { STARTING_POSITION } from './trainingPosition.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-checkpoints-'))));
afterEach(() => rm(folder, { recursive: true }));

const at = (step: number, size = 8): Checkpoint => ({
  tensors: { kernel: { dims: [size], data: new Float32Array(size).fill(step) } },
  position: { ...STARTING_POSITION, step, epoch: step },
});
const file = (name: string): string => path.join(folder, `${name}.safetensors`);
const plain = { best: false, epoch: null };

async function save(step: number, names = plain as { best: boolean; epoch: number | null }): Promise<void> {
  await writeCheckpoint(folder, at(step), names);
}

async function furthestStep(): Promise<number | undefined> {
  const found = await furthestCheckpoint(folder);
  return found.name === undefined ? undefined : found.checkpoint.position.step;
}

test('last, the one before it, the best and single epochs are kept, and nothing half written', async () => {
  await save(1, { best: true, epoch: 1 });
  await save(2, { best: true, epoch: null });
  await save(3, { best: false, epoch: 3 });
  const known = await listCheckpoints(folder);
  expect(known.map(({ name, position }) => [name, position?.step])).toEqual([
    ['last', 3],
    ['epoch-00003', 3],
    ['previous', 2],
    ['best', 2],
    ['epoch-00001', 1],
  ]);
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  // One content, two names: the disk holds it once.
  expect((await stat(file('last'))).ino).toBe((await stat(file('epoch-00003'))).ino);
});

test('of many single epochs the latest are kept', async () => {
  for (let epoch = 1; epoch <= 23; epoch++) await save(epoch, { best: false, epoch });
  const names = (await readdir(folder)).filter((name) => name.startsWith('epoch-')).toSorted();
  expect(names).toHaveLength(20);
  expect(names[0]).toBe('epoch-00004.safetensors');
});

test.each([
  ['cut off', async () => truncate(file('last'), (await stat(file('last'))).size - 5)],
  ['empty', async () => truncate(file('last'), 0)],
  ['no weights at all', () => writeFile(file('last'), 'not weights, but longer than a header would be')],
  [
    'changed by a single bit',
    async () => {
      const bytes = await readFile(file('last'));
      const byte = bytes.length - 3;
      bytes[byte] = (bytes[byte] ?? 0) ^ 1;
      await writeFile(file('last'), bytes);
    },
  ],
])('a last checkpoint that is %s falls back to the one before it, and says so', async (_, damage) => {
  await save(1);
  await save(2);
  await damage();
  expect(await furthestCheckpoint(folder)).toMatchObject({ name: 'previous', damaged: ['last'] });
  expect(await furthestStep()).toBe(1);
  await rm(file('previous'));
  expect(await furthestCheckpoint(folder)).toEqual({ name: undefined, damaged: ['last'] });
});

test('a disk that is full at a checkpoint leaves the one before it, and no partial file', async (story) => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return story.skip('this user may not mount a disk');
  }
  try {
    await save(1);
    const answer = await answerOf(() => writeCheckpoint(folder, at(2, 100_000), plain));
    expect(answer).toMatchObject({ ok: false, problem: { code: 'file/disk-full' } });
    if (!answer.ok) expect(answer.problem.message).toContain('last.safetensors');
    expect(await readdir(folder)).toEqual(['last.safetensors']);
    expect((await readWholeCheckpoint(file('last'))).position.step).toBe(1);
    // With space again it goes on.
    await save(3);
    expect(await furthestStep()).toBe(3);
  } finally {
    execFileSync('umount', [folder]);
  }
});
