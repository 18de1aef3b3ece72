import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answerOf } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { dataParts } from './dataSet.ts';
import { fetchKnownSet, publishedSets, type PublishedSet } from './knownSets.ts';
import { openFiles } from './readers/openFiles.ts';

/* The known sets with few samples in their true formats, from a server on this machine that hangs up in the middle. */

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'data');
const served = new Map<string, Buffer>();
const asked: { name: string; range: string | undefined }[] = [];
let server: Server;
let folder: string;
let mirror: string;
/** Sends half of a file and hangs up when that has arrived in this one, once. */
let hangsUpFor: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-known-'));
  for (const name of await readdir(path.join(fixtures, 'idx'))) {
    served.set(name, await readFile(path.join(fixtures, 'idx', name)));
  }
  served.set('cifar-10-binary.tar.gz', await tarball('cifar-10', 'cifar-10-batches-bin', {}));
  // The names and a test part, as the true archive has them.
  const record = (await readFile(path.join(fixtures, 'cifar-100', 'train.bin'))).subarray(0, 3074);
  const names = Array.from({ length: 100 }, (_, i) => `kind_${i}\n`).join('');
  const more = { 'test.bin': record, 'fine_label_names.txt': names, 'coarse_label_names.txt': names.slice(0, 150) };
  served.set('cifar-100-binary.tar.gz', await tarball('cifar-100', 'cifar-100-binary', more));
  server = createServer((request, response) => {
    const name = path.basename(request.url ?? '');
    const whole = served.get(name) ?? Buffer.alloc(0);
    const { range } = request.headers;
    asked.push({ name, range });
    const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': whole.length - from });
    const file = hangsUpFor;
    hangsUpFor = undefined;
    if (file === undefined) {
      response.end(whole.subarray(from));
      return;
    }
    const half = whole.subarray(0, whole.length / 2);
    response.write(half);
    const look = setInterval(() => {
      const arrived = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (arrived < half.length) return;
      clearInterval(look);
      response.destroy();
    }, 10);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => void asked.splice(0));
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** An archive as `tar` makes it: a folder with the files, and what else lies in it. */
async function tarball(
  fixture: string,
  name: string,
  more: Readonly<Record<string, string | Buffer>>,
): Promise<Buffer> {
  const inside = path.join(folder, 'archives', name);
  await mkdir(path.dirname(inside), { recursive: true });
  await cp(path.join(fixtures, fixture), inside, { recursive: true });
  await writeFile(path.join(inside, 'readme.html'), '<html></html>');
  for (const [file, content] of Object.entries(more)) await writeFile(path.join(inside, file), content);
  const archive = path.join(folder, `${name}.tar.gz`);
  execFileSync('tar', ['-czf', archive, '-C', path.dirname(inside), name]);
  return readFile(archive);
}

const md5Of = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

/** A known set with the sums and sizes of the small files. */
function small(set: PublishedSet, md5?: string): PublishedSet {
  const files = set.files.map(({ url }) => {
    const bytes = served.get(path.basename(url));
    if (bytes === undefined) throw new Error(`Nobody serves ${url}`);
    return { url, checksum: { kind: 'md5' as const, digest: md5 ?? md5Of(bytes) }, bytes: bytes.length };
  });
  return { ...set, files };
}

const expected: Readonly<Record<string, { samples: number; test: number; classes: string[] }>> = {
  mnist: { samples: 26, test: 6, classes: ['0', '1', '2'] },
  'fashion-mnist': { samples: 26, test: 6, classes: ['T-shirt/top', 'Trouser', 'Pullover'] },
  'cifar-10': { samples: 12, test: 2, classes: ['airplane', 'automobile', 'bird'] },
  'cifar-100': { samples: 4, test: 1, classes: ['kind_0', 'kind_1', 'kind_2'] },
};

test.each(publishedSets)('$title is fetched, gone on with after an interruption, and read', async (set) => {
  const target = path.join(folder, set.id);
  const wanted = small(set);
  const [first] = wanted.files;
  if (first === undefined) throw new Error('A set has files');
  const name = path.basename(first.url);
  hangsUpFor = path.join(target, `${name}.partial`);
  const broken = await answerOf(() => fetchKnownSet(wanted, target, { mirror }));
  expect(broken).toMatchObject({ ok: false, problem: { code: 'data/download-failed' } });
  const half = await stat(path.join(target, `${name}.partial`));
  expect(half.size).toBe(Math.floor(first.bytes / 2));

  const told: number[] = [];
  await fetchKnownSet(wanted, target, { mirror, onProgress: (done, total) => told.push(done / total) });
  expect(asked).toContainEqual({ name, range: `bytes=${half.size}-` });
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
  expect((await readdir(target)).filter((file) => file.endsWith('.partial'))).toEqual([]);

  const options = { cacheFolder: path.join(folder, 'cache'), memoryLimit: 1_000_000 };
  const { data } = await (await openFiles(folder, set.id)).read(options);
  const { samples, test: tests, classes } = expected[set.id] ?? { samples: 0, test: 0, classes: [] };
  expect(data.description.samples).toBe(samples);
  expect([...(data.parts ?? [])].filter((part) => part === dataParts.test)).toHaveLength(tests);
  const [targets] = data.description.targets;
  expect(targets?.kind === 'class' ? targets.classes.slice(0, 3) : []).toEqual(classes);

  // What is there already is not fetched again.
  asked.splice(0);
  await fetchKnownSet(wanted, target, { mirror });
  expect(asked).toEqual([]);
});

test.each(publishedSets)('a file of $title with another checksum never gets its name', async (set) => {
  const target = path.join(folder, `${set.id}-bad`);
  const answer = await answerOf(() => fetchKnownSet(small(set, '0'.repeat(32)), target, { mirror }));
  expect(answer).toMatchObject({ ok: false, problem: { code: 'data/checksum', expected: `MD5 ${'0'.repeat(32)}` } });
  expect(await readdir(target)).toEqual([]);
});
