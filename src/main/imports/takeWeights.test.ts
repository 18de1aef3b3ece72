import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { weightVariables } from '../../graph-engine/lower/weightVariables.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from '../../graph-engine/targets/safetensors/safetensors.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import { exportPytorch } from '../../graph-engine/targets/pytorch/exportPytorch.ts';
import { stateDictionary } from '../../graph-engine/targets/python/stateDictionary.ts';
import { productRoot } from '../files/productRoot.ts';
import { exportWeights } from '../exports/exportWeights.ts';
import { takeWeights } from './takeWeights.ts';

let folder: string;
let document: SkipwireDocument;
/** Numbers for every weight of the network, each another. */
let values: ReadonlyMap<string, StoredTensor>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-weights-'));
  const loaded = loadDocument(await readFile(path.join(productRoot, 'templates/networks/first-residual.json'), 'utf8'));
  if (!loaded.ok) throw new Error('The template does not load');
  document = loaded.value;
  let next = 0;
  values = new Map(
    weightVariables(document, inferDocument(document).root).map(({ name, dims }) => {
      const data = new Float32Array(dims.reduce((product, size) => product * size, 1)).map(() => next++ / 64);
      return [name, { dims, data }];
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function taken(file: string) {
  const target = path.join(folder, 'taken.safetensors');
  const match = await takeWeights(document, path.join(folder, file), target);
  const decoded = decodeSafetensors(await readFile(target));
  if (!decoded.ok) throw new Error(decoded.error.message);
  return { match, tensors: new Map(Object.entries(decoded.value.tensors)) };
}

const written = (tensors: Readonly<Record<string, StoredTensor>>, name: string): Promise<void> =>
  writeFile(path.join(folder, name), encodeSafetensors({ tensors, metadata: {} }));

test('what the network has written for PyTorch comes back, number for number', async () => {
  const { state } = exportPytorch(document, inferDocument(document));
  const variables = [...values].map(([name, { dims }]) => ({ name, dims }));
  const data = (name: string): Float32Array => values.get(name)?.data as Float32Array;
  await written(stateDictionary(variables, state, data), 'pytorch.safetensors');
  const { match, tensors } = await taken('pytorch.safetensors');
  expect(match.title).toBe("the network's own source for PyTorch");
  expect(tensors).toEqual(values);
});

test('weights under their own names come back', async () => {
  await written(Object.fromEntries(values), 'own.safetensors');
  expect((await taken('own.safetensors')).tensors).toEqual(values);
});

test('half precision is read as it is', async () => {
  const name = 'dense.bias';
  const { dims } = values.get(name) ?? { dims: [] };
  const size = dims[0] ?? 0;
  // 1.5 as bfloat16.
  const header = JSON.stringify({ [name]: { dtype: 'BF16', shape: dims, data_offsets: [0, 2 * size] } });
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(header.length));
  const bytes = Buffer.concat([start, Buffer.from(header), Buffer.alloc(2 * size, Buffer.from([0xc0, 0x3f]))]);
  await writeFile(path.join(folder, 'half.safetensors'), bytes);
  const { match, tensors } = await taken('half.safetensors');
  expect(tensors.get(name)?.data).toEqual(new Float32Array(size).fill(1.5));
  expect(match.rows.filter(({ kind }) => kind === 'matched')).toHaveLength(1);
});

test('an archive of NumPy arrays is read like any other file of weights', async () => {
  const members = [...values].map(([name, { dims, data }]) => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(', ')}${dims.length === 1 ? ',' : ''}), }`;
    const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11);
    const start = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${padded}\n`, 'latin1');
    start.writeUInt16LE(padded.length + 1, 8);
    return [`${name}.npy`, new Uint8Array(Buffer.concat([start, Buffer.from(data.buffer)]))] as const;
  });
  await writeFile(path.join(folder, 'arrays.npz'), zipSync(Object.fromEntries(members)));
  expect((await taken('arrays.npz')).tensors).toEqual(values);
});

test('another number of classes is told with both sizes, and the rest is taken', async () => {
  const kernel = values.get('dense.kernel');
  const dims = [kernel?.dims[0] ?? 0, 1000];
  const data = new Float32Array((dims[0] ?? 0) * 1000);
  await written({ ...Object.fromEntries(values), 'dense.kernel': { dims, data } }, 'classes.safetensors');
  const { match, tensors } = await taken('classes.safetensors');
  expect(match.rows.filter(({ kind }) => kind !== 'matched')).toMatchObject([
    { kind: 'size', tensor: 'dense.kernel', expected: kernel?.dims, received: dims },
  ]);
  expect(tensors.size).toBe(values.size - 1);
});

test('files that are nothing, or of another network, are refused in words, and nothing is written', async () => {
  await writeFile(path.join(folder, 'text.safetensors'), 'no tensors, only words');
  await written({ 'other.weight': { dims: [1], data: Float32Array.of(1) } }, 'other.safetensors');
  await writeFile(path.join(folder, 'model.pth'), 'PK');
  await writeFile(path.join(folder, 'weights.txt'), 'PK');
  const target = path.join(folder, 'never.safetensors');
  for (const [file, code] of [
    ['text.safetensors', 'weights/damaged'],
    ['other.safetensors', 'weights/no-match'],
    ['model.pth', 'weights/damaged'],
    ['weights.txt', 'weights/unknown-format'],
  ] as const) {
    await expect(takeWeights(document, path.join(folder, file), target)).rejects.toMatchObject({ problem: { code } });
  }
  await expect(readFile(target)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('what is written as NPZ comes back, number for number', async () => {
  const file = path.join(folder, 'written.npz');
  const written = await exportWeights({ document, runFolder: null, file, overwrite: false });
  expect(written).toMatchObject({ tensors: values.size, weights: 'initial' });
  const { match, tensors } = await taken('written.npz');
  expect(match.title).toBe('Skipwire');
  expect(match.rows.every(({ kind }) => kind === 'matched')).toBe(true);
  const program = lowerDocument(document);
  if (!program.ok) throw new Error('The template has errors');
  for (const variable of program.value.program.variables) {
    if (variable.role === 'slot') continue;
    expect(tensors.get(variable.name)?.data).toEqual(initialize(variable, document.training.seed));
  }
});

test('a checkpoint in shards is found by its index, and no shard beyond its folder is', async () => {
  const all = [...values];
  const parts = [all.slice(0, 3), all.slice(3)].map(
    (part, i) => [`part-${i}.safetensors`, Object.fromEntries(part)] as const,
  );
  for (const [name, tensors] of parts) await written(tensors, name);
  const map = Object.fromEntries(parts.flatMap(([file, tensors]) => Object.keys(tensors).map((name) => [name, file])));
  const index = (weights: object): Promise<void> =>
    writeFile(path.join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weights }));
  await index(map);
  expect((await taken('model.safetensors.index.json')).tensors).toEqual(values);
  for (const stray of ['../part-0.safetensors', 'part-0\0.safetensors']) {
    await index({ ...map, stray });
    await expect(taken('model.safetensors.index.json')).rejects.toMatchObject({
      problem: { code: 'weights/damaged', message: expect.stringMatching(/does not lie beside it/) as string },
    });
  }
});
