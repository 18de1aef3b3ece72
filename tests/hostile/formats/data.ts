import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import { checkFiles, inspectFiles, showSamples } from '../../../src/main/datasets/examineFiles.ts';
import { unpackTarball } from '../../../src/main/datasets/unpackTarball.ts';
import { answerOf } from '../../../src/main/files/hostFailure.ts';
import { productRoot } from '../../../src/main/files/productRoot.ts';
import { OPENED, refused, type HostileFormat, type Outcome } from '../hostileFormat.ts';
import { join, mutateBytes, type Dice } from '../mutate.ts';

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'data');

/** Looks at files as the editor does when they are added as data. */
async function examine(root: string, place: string): Promise<Outcome> {
  const answer = await answerOf(async () => {
    await inspectFiles({ root, path: place });
    const { broken } = await checkFiles({ root, path: place });
    await showSamples({ root, path: place }, { from: 0, count: 4 });
    return broken.map(({ code, why }) => ({ code, message: why }));
  });
  if (!answer.ok) return refused([answer.problem]);
  return answer.value.length > 0 ? refused(answer.value) : OPENED;
}

interface DataFiles {
  readonly name: string;
  readonly turns: number;
  /** Folder, or file, of the fixtures. */
  readonly fixture: string;
  /** The files of the folder that are broken, one at a time; left out where the fixture is the file. */
  readonly broken?: readonly string[];
  readonly mutate?: HostileFormat['mutate'];
}

/** A format of data: one file of a true set is broken, the others stay as they are. */
function dataFormat({ name, turns, fixture, broken = [''], mutate = mutateBytes }: DataFiles): HostileFormat {
  const seeds = async (): Promise<Uint8Array[]> =>
    Promise.all(broken.map((file) => readFile(path.join(fixtures, fixture, file))));
  return {
    name,
    turns,
    seeds,
    // The first byte tells which file it stands for.
    mutate: (seed, dice, other) => {
      const changed = mutate(seed, dice, other);
      return Buffer.concat([Uint8Array.of(dice.below(broken.length)), changed]);
    },
    async open(bytes, folder) {
      const file = broken[bytes[0] ?? 0] ?? '';
      const place = path.join(folder, fixture);
      await mkdir(path.dirname(place), { recursive: true });
      if (file !== '') await cp(path.join(fixtures, fixture), place, { recursive: true });
      await writeFile(path.join(place, file), bytes.subarray(1));
      try {
        return await examine(folder, fixture);
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    },
  };
}

/** Names that no member of an archive may have, or that lead out of it. */
export const memberNames = [
  '../escaped.npy',
  '/escaped.npy',
  '..\\escaped.npy',
  'x.npy/../../escaped.npy',
  '',
  'long'.repeat(400),
];

/** An archive whose members, names or bytes are changed. */
export function mutateArchive(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  if (dice.below(3) === 0) return mutateBytes(seed, dice, other);
  const members = Object.entries(unzipSync(seed));
  const chosen = dice.below(members.length);
  const changed: Zippable = {};
  for (const [index, [name, bytes]] of members.entries()) {
    const broken = index === chosen;
    const called = broken && dice.below(4) === 0 ? dice.of(memberNames) : name;
    changed[called] = [broken ? mutateBytes(bytes, dice) : bytes, { level: 6 }];
  }
  return zipSync(changed);
}

function mutateGzip(seed: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  return dice.below(3) === 0 ? mutateBytes(seed, dice, other) : gzipSync(mutateBytes(gunzipSync(seed), dice));
}

export const dataFormats: readonly HostileFormat[] = [
  dataFormat({ name: 'npy', turns: 4, fixture: 'arrays', broken: ['x.npy', 'y.npy'] }),
  dataFormat({ name: 'npz', turns: 4, fixture: 'planes.npz', mutate: mutateArchive }),
  dataFormat({
    name: 'idx',
    turns: 4,
    fixture: 'idx',
    broken: ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'],
    mutate: mutateGzip,
  }),
  dataFormat({ name: 'cifar', turns: 1, fixture: 'cifar-10', broken: ['test_batch.bin', 'batches.meta.txt'] }),
  dataFormat({ name: 'table', turns: 1, fixture: 'table.csv' }),
  dataFormat({ name: 'text', turns: 1, fixture: 'text', broken: ['words.txt'] }),
  dataFormat({
    name: 'image folder',
    turns: 1,
    fixture: 'pictures/train',
    broken: ['dog/0.png', 'dog/1.bmp', 'dog/2.webp'],
  }),
  dataFormat({ name: 'mask', turns: 1, fixture: 'masks', broken: ['masks/0.png'] }),
];

const TAR_BLOCK = 512;

/** A member of a tape archive (POSIX ustar). */
function tarMember(name: string, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(TAR_BLOCK);
  header.write(name, 0, 100, 'latin1');
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('0ustar\0', 156, 'latin1');
  return join(header, content, new Uint8Array((TAR_BLOCK - (content.length % TAR_BLOCK)) % TAR_BLOCK));
}

/** Archives in which data sets are published. */
export const tarballs: HostileFormat = {
  name: 'tarball',
  turns: 1,
  seeds: async () => {
    const content = await readFile(path.join(fixtures, 'cifar-10', 'batches.meta.txt'));
    const names = ['cifar/batches.meta.txt', '../escaped', '/tmp/../escaped.bin', 'cifar/..', 'cifar/', '.hidden'];
    return [gzipSync(join(...names.map((name) => tarMember(name, content)), new Uint8Array(2 * TAR_BLOCK)))];
  },
  mutate: mutateGzip,
  async open(bytes, folder) {
    const [file, target] = [path.join(folder, 'set.tar.gz'), path.join(folder, 'set')];
    await writeFile(file, bytes);
    await mkdir(target);
    try {
      const answer = await answerOf(() => unpackTarball(file, target));
      return answer.ok ? OPENED : refused([answer.problem]);
    } finally {
      await rm(file);
      await rm(target, { recursive: true });
    }
  },
};
