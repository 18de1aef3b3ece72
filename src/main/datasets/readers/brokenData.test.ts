import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostProblem } from '../../../contract/contract.ts';
import type { DataReader } from '../../../graph-engine/training/dataReader.ts';
import { answerOf } from '../../files/hostFailure.ts';
import { productRoot } from '../../files/productRoot.ts';
import { checkFiles } from '../examineFiles.ts';
import { openNumbers, readNumbers } from '../numberStore.ts';
import type { ReadOptions } from './formatReader.ts';
import { decodeImage } from './imageFile.ts';
import { openFiles } from './openFiles.ts';

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'data');
let root: string;
let options: ReadOptions;
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'skipwire-broken-'));
  options = { cacheFolder: path.join(root, 'cache'), memoryLimit: 1_000_000 };
});
afterAll(() => rm(root, { recursive: true }));

const copied = async (name: string, as: string): Promise<string> => {
  await cp(path.join(fixtures, name), path.join(root, as), { recursive: true });
  return path.join(root, as);
};

async function problemOf(name: string, reader?: DataReader): Promise<HostProblem> {
  const answer = await answerOf(async () => (await openFiles(root, name, reader)).read(options));
  if (answer.ok) throw new Error('It can be read');
  return answer.problem;
}

/** A PNG whose header claims a size, with a few bytes of pixels. */
function pngClaiming(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    let crc = 0xffffffff;
    for (const byte of body) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(64))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('images that cannot be used', () => {
  test('each is told with its reason; left out, the others are learned from, with their own labels', async () => {
    const folder = await copied('pictures/train', 'mixed');
    const photo = await readFile(path.join(fixtures, 'formats', 'photo.jpg'));
    await writeFile(path.join(folder, 'cat', '00-cut.jpg'), photo.subarray(0, photo.length / 2));
    await writeFile(path.join(folder, 'cat', '01-empty.png'), '');
    await writeFile(path.join(folder, 'dog', '00-text.png'), 'not an image');
    await writeFile(path.join(folder, 'dog', '01-huge.png'), pngClaiming(100_000, 100_000));
    await writeFile(path.join(folder, 'dog', '02-negative.bmp'), bitmapClaiming(-5, 3));
    await writeFile(path.join(folder, 'dog', '03-huge.bmp'), bitmapClaiming(60_000, 60_000));
    const problem = await problemOf('mixed');
    expect(problem).toMatchObject({ code: 'data/broken-files', received: '6 broken' });
    expect(problem.message).toContain('"mixed/cat/00-cut.jpg" cannot be read.');
    expect(problem.remedy).toContain('Leave out and go on');
    const { broken, samples, balance } = await checkFiles({ root, path: 'mixed' });
    expect(broken.map(({ path: file, code }) => [file, code])).toEqual([
      ['cat/00-cut.jpg', 'image/corrupt'],
      ['cat/01-empty.png', 'image/empty'],
      ['dog/00-text.png', 'image/unknown-format'],
      ['dog/01-huge.png', 'image/too-large'],
      ['dog/02-negative.bmp', 'image/corrupt'],
      ['dog/03-huge.bmp', 'image/too-large'],
    ]);
    expect(samples).toBe(9);
    expect(balance[0]?.classes).toEqual([
      { name: 'Ant', count: 3 },
      { name: 'cat', count: 3 },
      { name: 'dog', count: 3 },
    ]);
  });

  test('a header that claims ten gigapixels takes no memory', async () => {
    await writeFile(path.join(root, 'bomb.png'), pngClaiming(100_000, 100_000));
    const before = process.memoryUsage().rss;
    const decoded = await decodeImage(path.join(root, 'bomb.png'), { height: 8, width: 8, channels: 3, fit: 'cover' });
    expect(decoded).toMatchObject({ code: 'image/too-large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('a class without images, a single class, and a folder of nothing', async () => {
    await mkdir(path.join(await copied('pictures/train', 'gap'), 'empty class'));
    expect(await problemOf('gap')).toMatchObject({
      code: 'data/empty-class',
      message: 'The class "empty class" in "gap" has no image.',
      received: '1 empty of 4',
    });
    await copied('pictures/train/cat', 'alone/cat');
    expect(await problemOf('alone')).toMatchObject({ code: 'data/one-class', received: 'cat' });
    await mkdir(path.join(root, 'nothing'));
    expect(await problemOf('nothing')).toMatchObject({ code: 'data/unknown-format' });
  });

  test('a folder that vanishes while it is read', async () => {
    await copied('pictures/train', 'leaving');
    const files = await openFiles(root, 'leaving');
    let moved: Promise<void> | undefined;
    const answer = await answerOf(() => {
      const reading = files.read(options);
      moved = rename(path.join(root, 'leaving', 'cat'), path.join(root, 'gone'));
      return reading;
    });
    await moved;
    expect(answer).toMatchObject({
      ok: false,
      problem: { code: expect.stringMatching(/data\/vanished|file\/missing/) },
    });
  });

  test('nothing outside the workspace is read: neither by name, nor through a link', async () => {
    const workspace = path.join(root, 'workspace');
    await mkdir(workspace);
    await symlink(path.join(root, 'mixed'), path.join(workspace, 'linked'));
    for (const name of ['../mixed', 'linked']) {
      const answer = await answerOf(() => openFiles(workspace, name));
      expect(answer).toMatchObject({ ok: false, problem: { code: 'file/outside-workspace' } });
    }
    await cp(path.join(fixtures, 'pictures', 'train'), path.join(workspace, 'mine'), { recursive: true });
    await symlink(path.join(root, 'mixed', 'dog', '0.png'), path.join(workspace, 'mine', 'cat', 'stolen.png'));
    const { data } = await (await openFiles(workspace, 'mine')).read(options);
    expect(data.description.samples).toBe(9);
  });
});

describe('binary files that are not as they say', () => {
  const idxOf = (type: number, dims: readonly number[], numbers: Uint8Array): Buffer => {
    const header = Buffer.alloc(4 + 4 * dims.length);
    header.set([0, 0, type, dims.length]);
    dims.forEach((dim, index) => header.writeUInt32BE(dim, 4 + 4 * index));
    return Buffer.concat([header, numbers]);
  };
  const idxFolder = async (name: string, images: Buffer, labels: Buffer, packed = false): Promise<void> => {
    const folder = path.join(root, name);
    await mkdir(folder);
    const ending = packed ? '.gz' : '';
    await writeFile(path.join(folder, `train-images-idx3-ubyte${ending}`), packed ? gzipSync(images) : images);
    await writeFile(path.join(folder, `train-labels-idx1-ubyte${ending}`), packed ? gzipSync(labels) : labels);
  };
  const idx: DataReader = { kind: 'idx' };

  test.each([
    ['a size that is not there', [1000, 1000, 1000], 4 * 6, false],
    ['the same in a packed file', [1000, 1000, 1000], 4 * 6, true],
    ['more than any disk holds', [0xffffffff, 0xffffffff, 0xffffffff], 4 * 6, true],
  ])('%s', async (name, dims, bytes, packed) => {
    await idxFolder(name, idxOf(8, dims, new Uint8Array(bytes)), idxOf(8, [dims[0] ?? 0], new Uint8Array(4)), packed);
    expect(await problemOf(name, idx)).toMatchObject({ code: 'data/damaged' });
  });

  test('labels for other images, and labels that are no class', async () => {
    await idxFolder('unequal', idxOf(8, [4, 2, 3], new Uint8Array(24)), idxOf(8, [5], new Uint8Array(5)));
    expect(await problemOf('unequal', idx)).toMatchObject({ code: 'data/count-mismatch', received: '5' });
    await idxFolder('label', idxOf(8, [3, 2, 2], new Uint8Array(12)), idxOf(8, [3], Uint8Array.of(0, 7, 1)));
    expect(await problemOf('label', { kind: 'idx', classes: ['a', 'b'] })).toMatchObject({
      code: 'data/label-out-of-range',
      message: 'Label 2 of "train-labels-idx1-ubyte" is 7, which is no class.',
      expected: 'a whole number from 0 to 1',
    });
  });

  test('CIFAR files that are cut off or have an eleventh class', async () => {
    const batch = await readFile(path.join(fixtures, 'cifar-10', 'data_batch_1.bin'));
    await mkdir(path.join(root, 'cut'));
    await writeFile(path.join(root, 'cut', 'data_batch_1.bin'), batch.subarray(0, 5000));
    expect(await problemOf('cut', { kind: 'cifar', labels: 'fine' })).toMatchObject({
      code: 'data/damaged',
      received: '5000',
    });
    await mkdir(path.join(root, 'eleventh'));
    batch[2 * 3073] = 10;
    await writeFile(path.join(root, 'eleventh', 'data_batch_1.bin'), batch);
    expect((await problemOf('eleventh', { kind: 'cifar', labels: 'fine' })).message).toBe(
      'The label of image 3 in "data_batch_1.bin" is 10, which is no class.',
    );
  });

  test.each([
    ['objects', "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", /type "\|O"/],
    ['column order', "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }", /column by column/],
    ['too few numbers', "{'descr': '<f4', 'fortran_order': False, 'shape': (3000, 2000), }", /cut off/],
    [
      'a hostile size',
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999), }",
      /more than any file/,
    ],
  ])('NumPy arrays with %s', async (name, header, message) => {
    await mkdir(path.join(root, `array of ${name}`));
    const text = Buffer.from(`${header}\n`, 'latin1');
    const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
    await writeFile(path.join(root, `array of ${name}`, 'x.npy'), Buffer.concat([start, text, Buffer.alloc(24)]));
    const reader: DataReader = { kind: 'arrays', inputs: 'x', targets: 'y', layout: 'channels-last', learn: 'auto' };
    const problem = await problemOf(`array of ${name}`, reader);
    expect(problem.code).toBe('data/damaged');
    expect(problem.message).toMatch(message);
  });

  test('a file that becomes shorter while it is used', async () => {
    const file = path.join(root, 'numbers');
    await writeFile(file, new Uint8Array(100));
    const numbers = openNumbers({ type: 'uint8', length: 100, divisor: 1, file, offset: 0 });
    const room = new Float32Array(10);
    numbers.read(80, room);
    await writeFile(file, new Uint8Array(50));
    expect(await answerOf(() => numbers.read(80, room))).toMatchObject({
      ok: false,
      problem: { code: 'data/vanished' },
    });
    numbers.close();
  });
});

describe('tables', () => {
  test('rows that cannot be read are told by their line, and can be left out', async () => {
    await writeFile(path.join(root, 'rows.csv'), 'a,b,y\n1,2,3\n4,5\n6,seven,8\n9,10,11\n1,1,1\n');
    const columns = ['a', 'b', 'y'].map((name) => ({
      name,
      use: name === 'y' ? ('target' as const) : ('feature' as const),
      type: 'number' as const,
    }));
    const reader: DataReader = {
      kind: 'table',
      delimiter: ',',
      decimal: '.',
      header: true,
      columns,
      missing: 'fill',
      leaveOut: false,
    };
    expect((await problemOf('rows.csv', reader)).message).toMatch(
      /"rows.csv\/line 3" cannot be read. It has 2 cells instead of 3. 1 more/,
    );
    const { data, broken } = await (await openFiles(root, 'rows.csv', { ...reader, leaveOut: true })).read(options);
    expect(broken.map(({ why }) => why)[1]).toBe('"b" is "seven", which is no number.');
    expect(data.description.samples).toBe(3);
  });

  test('what is no table, and a table of one column', async () => {
    await writeFile(path.join(root, 'open.csv'), 'a,b\n"1,2\n3,4\n');
    expect(await problemOf('open.csv')).toMatchObject({ code: 'data/damaged' });
    await writeFile(path.join(root, 'one.csv'), 'y\n1\n2\n');
    expect(await problemOf('one.csv')).toMatchObject({ code: 'data/no-feature' });
  });
});

test('a set larger than the memory it may take is read from its file, and gives the same numbers', async () => {
  await copied('arrays', 'large');
  const read = async (memoryLimit: number) => {
    const { data } = await (await openFiles(root, 'large')).read({ ...options, memoryLimit });
    const [images] = data.inputs;
    if (images === undefined || !('place' in images)) throw new Error('Images are stored');
    const room = new Float32Array(images.length);
    readNumbers(images, 0, room);
    return { room, inMemory: images.place.memory !== undefined };
  };
  const [small, large] = [await read(100), await read(1_000_000)];
  expect([small.inMemory, large.inMemory]).toEqual([false, true]);
  expect(small.room).toEqual(large.room);
});

test('a second reading finds what was decoded; a file that changed is decoded anew', async () => {
  const folder = await copied('pictures/train', 'again');
  const first = await (await openFiles(root, 'again')).read(options);
  let told = 0;
  const second = await (await openFiles(root, 'again')).read({ ...options, onProgress: () => told++ });
  expect(told).toBe(1);
  expect(second.data.inputs[0]).toMatchObject({ length: first.data.inputs[0]?.length });
  await cp(path.join(folder, 'dog', '0.png'), path.join(folder, 'cat', '0.png'));
  const third = await (await openFiles(root, 'again')).read(options);
  const numbersOf = ({ data }: typeof first): Float32Array => {
    const room = new Float32Array(data.inputs[0]?.length ?? 0);
    if (data.inputs[0] !== undefined) readNumbers(data.inputs[0], 0, room);
    return room;
  };
  expect(numbersOf(second)).toEqual(numbersOf(first));
  expect(numbersOf(third)).not.toEqual(numbersOf(first));
});

function bitmapClaiming(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(54 + 16);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

describe('a set of which one file is damaged is not taken for something else', () => {
  test('CIFAR cut off is not a text because the names of its classes lie beside it', async () => {
    const folder = await copied('cifar-10', 'cut-cifar');
    const batch = await readFile(path.join(folder, 'test_batch.bin'));
    await writeFile(path.join(folder, 'test_batch.bin'), batch.subarray(0, 5000));
    expect(await problemOf('cut-cifar')).toMatchObject({ code: 'data/damaged', received: '5000' });
  });

  test('an archive of arrays cut off says so', async () => {
    await copied('planes.npz', 'cut.npz');
    const bytes = await readFile(path.join(root, 'cut.npz'));
    await writeFile(path.join(root, 'cut.npz'), bytes.subarray(0, bytes.length - 40));
    expect((await problemOf('cut.npz')).message).toContain('cut.npz');
  });

  test('pictures beside a broken array are still pictures', async () => {
    const folder = await copied('pictures/train', 'with-array');
    await writeFile(path.join(folder, 'features.npy'), 'no array');
    expect((await openFiles(root, 'with-array')).reader.kind).toBe('image-folder');
  });
});
