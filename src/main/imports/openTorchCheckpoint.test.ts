import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { productRoot } from '../files/productRoot.ts';
import { openCheckpoint } from './openCheckpoint.ts';

/** What tests/oracles/torchCheckpoints.py had torch save. */
const fixtures = path.join(productRoot, 'tests/fixtures/torch');
const Tensors = z.record(z.string(), z.object({ dims: z.array(z.number()), values: z.array(z.number()) }));
const Expected = z.object({ tensors: Tensors, later: Tensors });

let expected: z.infer<typeof Expected>;
let folder: string;
beforeAll(async () => {
  expected = Expected.parse(JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')));
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-torch-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function contentOf(file: string) {
  const checkpoint = await openCheckpoint(file);
  try {
    return Object.fromEntries(
      [...checkpoint.sizes].map(([name, dims]) => [name, { dims, values: [...checkpoint.read(name)] }]),
    );
  } finally {
    checkpoint.close();
  }
}

/** As float32 holds them. */
const rounded = (tensors: z.infer<typeof Tensors>, before = '') =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, values }]) => [
      `${before}${name}`,
      { dims, values: values.map(Math.fround) },
    ]),
  );

test.each(['archive.pth', 'protocol4.pt', 'legacy.pth'])(
  'every type of number and every view that torch saved is read from %s',
  async (name) => {
    expect(await contentOf(path.join(fixtures, name))).toEqual(rounded(expected.tensors));
  },
);

test('types that came later are read too', async () => {
  const content = await contentOf(path.join(fixtures, 'later.pt'));
  expect(content).toEqual(rounded({ ...expected.tensors, ...expected.later }));
});

test.each(['training.ckpt', 'training-legacy.ckpt'])(
  'the weights are found in %s beside what a training kept',
  async (name) => {
    expect(await contentOf(path.join(fixtures, name))).toEqual(rounded(expected.tensors, 'module.'));
  },
);

test('a file that would run a program is refused by the name of what it would call', async () => {
  await expect(openCheckpoint(path.join(fixtures, 'danger.pth'))).rejects.toMatchObject({
    problem: { code: 'pickle/refused-name', received: 'builtins.eval' },
  });
});

test.each([
  ['module.pth', 'pickle/refused-name', 'torch.nn.modules.linear.Linear'],
  ['tensor.pth', 'weights/no-state-dictionary', 'a single tensor'],
  ['scripted.pt', 'weights/unknown-format', 'a program, which only PyTorch runs'],
])('%s is no state dictionary, and says what it is', async (name, code, received) => {
  await expect(openCheckpoint(path.join(fixtures, name))).rejects.toMatchObject({
    problem: { code, received, remedy: expect.stringMatching(/Import from PyTorch/) as string },
  });
});

test('a file that ends too soon says where, or which tensor', async () => {
  const legacy = await readFile(path.join(fixtures, 'legacy.pth'));
  const cut = path.join(folder, 'cut.pth');
  for (const [length, words] of [
    [10, /no checkpoint that torch.save wrote/],
    [400, /At byte 4\d\d of its list of tensors: it ends there|At byte 39\d of its list of tensors: it ends there/],
    [legacy.length - 4, /Its storage "\d+" has \d+ bytes of \d+, or is cut off/],
  ] as const) {
    await writeFile(cut, legacy.subarray(0, length));
    await expect(openCheckpoint(cut)).rejects.toThrow(words);
  }
});

test('a view beyond its storage names the tensor', async () => {
  const members = unzipSync(await readFile(path.join(fixtures, 'archive.pth')));
  const list = members['archive/data.pkl'] ?? new Uint8Array();
  // The sizes of the first tensor, 4 by 6: two numbers of a byte, then the mark of a pair.
  const at = Buffer.from(list).indexOf(Buffer.from([0x4b, 4, 0x4b, 6, 0x86]));
  list[at + 1] = 5;
  const file = path.join(folder, 'beyond.pth');
  await writeFile(file, zipSync(members, { level: 0 }));
  await expect(openCheckpoint(file)).rejects.toThrow(
    'Tensor "plain.weight": it reaches to element 29 of a storage of 24',
  );
  // Numbers that are packed cannot be read where they lie.
  await writeFile(file, zipSync(members));
  await expect(openCheckpoint(file)).rejects.toThrow('is compressed or encrypted, which torch.save does not do');
});
