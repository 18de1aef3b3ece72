import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productRoot } from '../files/productRoot.ts';
import { readKerasFile } from './readKerasFile.ts';

/* Files that the fuzzing of `npm run fuzz` has found. */

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'keras');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-broken-keras-'));
});
afterAll(() => rm(folder, { recursive: true }));

test(
  'a file that leads its library in circles is refused, and the next one is read',
  { timeout: 240_000 },
  async () => {
    const whole = path.join(fixtures, 'convolutions.h5');
    const bytes = await readFile(whole);
    // Texts of the file are moved, and with them what tells where each of them ends.
    bytes.copyWithin(2092, 2112, 2400);
    const broken = path.join(folder, 'circles.h5');
    await writeFile(broken, bytes);
    await expect(readKerasFile({ file: broken })).rejects.toMatchObject({
      problem: { code: 'keras/damaged', message: expect.stringMatching(/^"circles.h5" cannot be imported/) as string },
    });
    expect((await readKerasFile({ file: whole })).weights.size).toBeGreaterThan(0);
  },
);

test('an input of a size that there is not is told by its name', async () => {
  const input = { class_name: 'InputLayer', config: { name: 'sound', batch_shape: [null, 20, -2] } };
  const dense = { class_name: 'Dense', config: { name: 'dense', units: 2 } };
  const file = path.join(folder, 'negative.json');
  await writeFile(
    file,
    JSON.stringify({
      class_name: 'Sequential',
      config: { name: 'net', layers: [input, dense] },
      keras_version: '3.0.0',
    }),
  );
  await expect(readKerasFile({ file })).rejects.toMatchObject({
    problem: { code: 'keras/unknown-layers', message: expect.stringContaining('"sound"') as string },
  });
});
