import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { loadDocument } from '../../../src/graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../../src/graph-engine/document/schema.ts';
import { inferDocument } from '../../../src/graph-engine/infer/inferDocument.ts';
import { weightVariables } from '../../../src/graph-engine/lower/weightVariables.ts';
import { exportPytorch } from '../../../src/graph-engine/targets/pytorch/exportPytorch.ts';
import { stateDictionary } from '../../../src/graph-engine/targets/python/stateDictionary.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/graph-engine/targets/safetensors/safetensors.ts';
import { answerOf } from '../../../src/main/files/hostFailure.ts';
import { productRoot } from '../../../src/main/files/productRoot.ts';
import { openCheckpoint } from '../../../src/main/imports/openCheckpoint.ts';
import { takeWeights } from '../../../src/main/imports/takeWeights.ts';
import { OPENED, refused, type HostileFormat } from '../hostileFormat.ts';
import { join, mutateBytes, type Dice } from '../mutate.ts';
import { mutateJson } from '../mutateJson.ts';
import { mutateArchive } from './data.ts';

const LENGTH_BYTES = 8;

/** The header changed as JSON, its length true again. */
function mutateHeader(seed: Uint8Array, dice: Dice): Uint8Array {
  const end = LENGTH_BYTES + Number(new DataView(seed.buffer, seed.byteOffset).getBigUint64(0, true));
  const header = Buffer.from(mutateJson(Buffer.from(seed.subarray(LENGTH_BYTES, end)).toString('utf8'), dice));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return join(length, header, seed.subarray(end));
}

function mutateWeights(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  return dice.below(2) === 0 ? mutateHeader(seed, dice) : mutateBytes(seed, dice, other);
}

export const weights: HostileFormat = {
  name: 'safetensors',
  turns: 6,
  seeds: async () => [
    encodeSafetensors({
      tensors: {
        'conv/kernel': { dims: [3, 3, 2, 4], data: Float32Array.from({ length: 72 }, (_, index) => index / 72) },
        'conv/bias': { dims: [4], data: new Float32Array(4) },
        step: { dims: [], data: Int32Array.of(7) },
      },
      metadata: { format: 'pt' },
    }),
  ],
  mutate: mutateWeights,
  async open(bytes, folder) {
    const result = decodeSafetensors(bytes);
    // The same file is also opened where its tensors stay on the disk.
    const file = path.join(folder, 'broken.safetensors');
    await writeFile(file, bytes);
    const answer = await answerOf(() => readAll(file));
    await rm(file);
    if (!result.ok) return refused([result.error]);
    return answer.ok ? OPENED : refused([answer.problem]);
  },
};

async function readAll(file: string): Promise<void> {
  const checkpoint = await openCheckpoint(file);
  try {
    for (const name of checkpoint.sizes.keys()) checkpoint.read(name);
  } finally {
    checkpoint.close();
  }
}

const SHARD = 'part-1.safetensors';
const strayShards = ['../secret', '/etc/hostname', '..', '.', '', SHARD.toUpperCase(), 'folder/../part-1.safetensors'];

/** The list of a checkpoint in several files, whose one file is as it should be. */
export const shardedWeights: HostileFormat = {
  name: 'safetensors in shards',
  turns: 1,
  seeds: async () => {
    const decoded = decodeSafetensors(await savedByPytorch());
    const names = decoded.ok ? Object.keys(decoded.value.tensors) : [];
    const weight_map = Object.fromEntries(names.map((name) => [name, SHARD]));
    return [Buffer.from(JSON.stringify({ metadata: { total_size: 1000 }, weight_map }))];
  },
  mutate(seed, dice, other) {
    const text = Buffer.from(seed).toString('utf8');
    switch (dice.below(4)) {
      case 0:
        return mutateBytes(seed, dice, other);
      case 1:
        return Buffer.from(text.replace(`"${SHARD}"`, () => JSON.stringify(dice.of(strayShards))));
      default:
        return Buffer.from(mutateJson(text, dice));
    }
  },
  async open(bytes, folder) {
    const [index, shard] = [path.join(folder, 'model.safetensors.index.json'), path.join(folder, SHARD)];
    await writeFile(index, bytes);
    await writeFile(shard, await savedByPytorch());
    const answer = await answerOf(() => readAll(index));
    await rm(index);
    await rm(shard);
    return answer.ok ? OPENED : refused([answer.problem]);
  },
};

export const archivedWeights: HostileFormat = {
  name: 'npz of weights',
  turns: 2,
  seeds: async () => [await readFile(path.join(productRoot, 'tests', 'fixtures', 'data', 'planes.npz'))],
  mutate: mutateArchive,
  async open(bytes, folder) {
    const file = path.join(folder, 'weights.npz');
    await writeFile(file, bytes);
    const answer = await answerOf(() => readAll(file));
    await rm(file);
    return answer.ok ? OPENED : refused([answer.problem]);
  },
};

const savedByTorch = ['archive.pth', 'legacy.pth', 'training.ckpt', 'training-legacy.ckpt', 'protocol4.pt'];

/** The list of tensors changed in an archive that is true again, or any bytes. */
function mutateSaved(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  if (seed[0] !== 0x50 || dice.below(4) === 0) return mutateBytes(seed, dice, other);
  const members = Object.entries(unzipSync(seed));
  const [list] = members.find(([name]) => name.endsWith('data.pkl')) ?? [''];
  const broken = dice.below(5) === 0 ? dice.of(members)[0] : list;
  const changed = members.map(([name, bytes]) => [name, name === broken ? mutateBytes(bytes, dice) : bytes] as const);
  return zipSync(Object.fromEntries(changed), { level: 0 });
}

/** What `torch.save` wrote, which Python would run as a program. */
export const torchCheckpoints: HostileFormat = {
  name: 'checkpoint by torch save',
  turns: 4,
  seeds: () =>
    Promise.all(savedByTorch.map((name) => readFile(path.join(productRoot, 'tests', 'fixtures', 'torch', name)))),
  mutate: mutateSaved,
  async open(bytes, folder) {
    const file = path.join(folder, 'broken.pth');
    await writeFile(file, bytes);
    const answer = await answerOf(() => readAll(file));
    await rm(file);
    return answer.ok ? OPENED : refused([answer.problem]);
  },
};

const network = readNetwork();

async function readNetwork(): Promise<SkipwireDocument> {
  const text = await readFile(path.join(productRoot, 'templates', 'networks', 'first-residual.json'), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error('The network does not load');
  return loaded.value;
}

/** What PyTorch saves of the network: its names, its arrangement, a counter of another type. */
async function savedByPytorch(): Promise<Uint8Array> {
  const document = await network;
  const inferred = inferDocument(document);
  const variables = weightVariables(document, inferred.root);
  const sizes = new Map(variables.map(({ name, dims }) => [name, dims.reduce((product, dim) => product * dim, 1)]));
  const tensors = stateDictionary(variables, exportPytorch(document, inferred).state, (name) =>
    Float32Array.from({ length: sizes.get(name) ?? 0 }, (_, index) => (index % 7) / 7),
  );
  const batches = { dims: [], data: Int32Array.of(40) };
  return encodeSafetensors({
    tensors: { ...tensors, num_batches_tracked: batches },
    metadata: { format: 'pt' },
  });
}

/** Weights that another program saved, brought to a network by their names. */
export const checkpoints: HostileFormat = {
  name: 'checkpoint of PyTorch',
  turns: 3,
  seeds: async () => [await savedByPytorch()],
  mutate: mutateWeights,
  async open(bytes, folder) {
    const [file, target] = [path.join(folder, 'model.safetensors'), path.join(folder, 'taken.safetensors')];
    await writeFile(file, bytes);
    const answer = await answerOf(async () => takeWeights(await network, file, target));
    await rm(file);
    await rm(target, { force: true });
    return answer.ok ? OPENED : refused([answer.problem]);
  },
};
