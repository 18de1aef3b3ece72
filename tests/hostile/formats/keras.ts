import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import { inferDocument } from '../../../src/graph-engine/infer/inferDocument.ts';
import { answerOf } from '../../../src/main/files/hostFailure.ts';
import { productRoot } from '../../../src/main/files/productRoot.ts';
import { readKerasFile } from '../../../src/main/imports/readKerasFile.ts';
import { OPENED, refused, SECRET, type HostileFormat, type Outcome } from '../hostileFormat.ts';
import { mutateBytes, type Dice } from '../mutate.ts';
import { mutateJson } from '../mutateJson.ts';
import { memberNames } from './data.ts';

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'keras');

const readModels = (...names: readonly string[]): Promise<Uint8Array[]> =>
  Promise.all(names.map((name) => readFile(path.join(fixtures, name))));

/** Imports a model as the product does, numbers of weights included. */
async function importFile(file: string): Promise<Outcome> {
  const answer = await answerOf(async () => {
    const { document, weights } = await readKerasFile({ file });
    inferDocument(document);
    for (const { values } of weights.values()) {
      const numbers = values();
      const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      if (bytes.includes(SECRET.slice(0, 4))) throw new Error('It took weights from outside the workspace');
    }
  });
  return answer.ok ? OPENED : refused([answer.problem]);
}

/** A file of one of the endings that Keras writes. */
const openAs = (name: string) => async (bytes: Uint8Array, folder: string) => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  try {
    return await importFile(file);
  } finally {
    await rm(file);
  }
};

/** Where HDF5 keeps what it knows of its own structure: what stands behind these is what a reader walks by. */
const signatures = ['\x89HDF', 'TREE', 'SNOD', 'HEAP', 'GCOL', 'OHDR', 'OCHK', 'FRHP', 'FHDB', 'BTHD', 'BTLF', 'FADB'];
/** Bytes behind a signature, or before the first of them, that are of the structure. */
const STRUCTURE_BYTES = 600;
/** How the network begins that a file describes. */
const CONFIG = '{"class_name": ';

/** A file of HDF5 that is wrong in its structure, in what it says of the network, or anywhere. */
function mutateHdf5(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  switch (dice.below(4)) {
    case 0:
      return mutateBytes(seed, dice, other);
    case 1:
      return withConfig(seed, dice);
    default: {
      const mutated = Buffer.from(seed);
      for (let changes = 1 + dice.below(3); changes > 0; changes--) {
        const places = placesOf(mutated, dice.of(signatures));
        const at = places.length === 0 ? 0 : dice.of(places);
        const part = mutated.subarray(at, at + STRUCTURE_BYTES);
        // Of its own length, so that what lies behind it is where it was.
        part.set(mutateBytes(Uint8Array.from(part), dice).subarray(0, part.length));
      }
      return mutated;
    }
  }
}

function placesOf(bytes: Buffer, signature: string): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(signature, 0, 'latin1'); at >= 0; at = bytes.indexOf(signature, at + 1, 'latin1')) {
    places.push(at);
  }
  return places;
}

/** Another network in the room of the one that the file describes. */
function withConfig(seed: Uint8Array, dice: Dice): Uint8Array {
  const mutated = Buffer.from(seed);
  const from = mutated.indexOf(CONFIG, 0, 'latin1');
  const room = from < 0 ? undefined : jsonAt(mutated, from);
  if (room === undefined) return mutateBytes(seed, dice);
  const text = Buffer.from(mutateJson(room.toString('utf8'), dice));
  room.fill(' ');
  text.copy(room);
  return mutated;
}

/** The object that begins at a place, by its braces. */
function jsonAt(bytes: Buffer, from: number): Buffer | undefined {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === 0x7b) depth++;
    if (bytes[at] === 0x7d && --depth === 0) return bytes.subarray(from, at + 1);
  }
  return undefined;
}

/** An archive of Keras of which one member is broken, each in its own way. */
function mutateKerasArchive(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  if (dice.below(4) === 0) return mutateBytes(seed, dice, other);
  const members = Object.entries(unzipSync(seed));
  const chosen = dice.below(members.length);
  const changed: Zippable = {};
  for (const [index, [name, bytes]] of members.entries()) {
    const broken = index === chosen;
    const called = broken && dice.below(8) === 0 ? dice.of(memberNames) : name;
    changed[called] = [broken ? mutateMember(name, bytes, dice) : bytes, { level: 1 }];
  }
  return zipSync(changed);
}

function mutateMember(name: string, bytes: Uint8Array, dice: Dice): Uint8Array {
  if (name.endsWith('.h5')) return mutateHdf5(bytes, dice, bytes);
  return Buffer.from(mutateJson(Buffer.from(bytes).toString('utf8'), dice));
}

const archives: HostileFormat = {
  name: 'keras',
  turns: 4,
  seeds: () => readModels('nested.keras', 'sounds.keras', 'attention.keras'),
  mutate: mutateKerasArchive,
  open: openAs('model.keras'),
};

const hdf5: HostileFormat = {
  name: 'hdf5',
  turns: 4,
  seeds: () => readModels('nested.h5', 'convolutions.h5'),
  mutate: mutateHdf5,
  open: openAs('model.h5'),
};

/** The configurations that the other files carry are text of this kind. */
const configurations: HostileFormat = {
  name: 'configuration of keras',
  turns: 4,
  seeds: async () => {
    const files = await readModels('nested.keras', 'convolutions.keras', 'sounds.keras', 'attention.keras');
    const inside = files.map((file) => unzipSync(file)['config.json'] ?? new Uint8Array());
    return [...inside, ...(await readModels('odd.json'))];
  },
  mutate: (seed, dice, other) =>
    dice.below(5) === 0
      ? mutateBytes(seed, dice, other)
      : Buffer.from(mutateJson(Buffer.from(seed).toString('utf8'), dice)),
  open: openAs('model.json'),
};

const SHARDS = ['group1-shard1of2.bin', 'group1-shard2of2.bin'] as const;
const sharded = ['model.json', ...SHARDS];
const readSharded = (): Promise<Uint8Array[]> => readModels(...sharded.map((name) => `tfjs/${name}`));
const strayPaths = ['../../secret', '/etc/passwd', 'out/secret', `${SHARDS[0]}/../../../secret`, '.', '', 'out'];

/** What a model of TensorFlow.js says of the files beside it, wrong; or one of these, broken. */
function mutateShardedModel(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  // The first byte tells which file it stands for.
  const [file = 0, content] = [seed[0], seed.subarray(1)];
  const same = (changed: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(file), changed]);
  if (file > 0) return same(mutateBytes(content, dice, other.subarray(1)));
  const text = Buffer.from(content).toString('utf8');
  if (dice.below(3) > 0) return same(Buffer.from(mutateJson(text, dice)));
  const stray = JSON.stringify(dice.of(strayPaths));
  return same(Buffer.from(text.replace(`"${dice.of(SHARDS)}"`, () => stray)));
}

const shardedModels: HostileFormat = {
  name: 'layers model of tensorflow.js',
  turns: 4,
  seeds: async () => {
    const all = (await readSharded()).map((content, index) => Buffer.concat([Uint8Array.of(index), content]));
    // Its description more often than its numbers, which can be anything.
    return [...all, ...all.slice(0, 1), ...all.slice(0, 1)];
  },
  mutate: mutateShardedModel,
  async open(bytes, folder) {
    const place = path.join(folder, 'model');
    await mkdir(place);
    try {
      await symlink('../..', path.join(place, 'out'));
      for (const [index, content] of (await readSharded()).entries()) {
        await writeFile(path.join(place, sharded[index] ?? ''), index === bytes[0] ? bytes.subarray(1) : content);
      }
      return await importFile(path.join(place, 'model.json'));
    } finally {
      await rm(place, { recursive: true });
    }
  },
};

/** Models that Keras and TensorFlow.js write. */
export const kerasFormats: readonly HostileFormat[] = [archives, hdf5, configurations, shardedModels];
