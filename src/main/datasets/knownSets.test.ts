import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { fetchKnownSet, type PublishedSet } from './knownSets.ts';
import { openFiles } from './readers/openFiles.ts';

const source = path.join(productRoot, 'tests', 'fixtures', 'data', 'idx');
const names = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'];
const bytesOf = (name: string): Buffer => readFileSync(path.join(source, name));
const asked: (string | undefined)[] = [];
let server: Server;
let folder: string;
let mirror: string;
/** Sends half of a file and hangs up, once. */
let hangsUp = false;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-known-'));
  server = createServer((request, response) => {
    const whole = bytesOf(path.basename(request.url ?? ''));
    asked.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': whole.length - from });
    if (!hangsUp) response.end(whole.subarray(from));
    else response.write(whole.subarray(0, whole.length / 2), () => setTimeout(() => response.destroy(), 50));
    hangsUp = false;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

function setOf(md5?: string): PublishedSet {
  const files = names.map((name) => ({
    url: `https://example.org/${name}`,
    md5: md5 ?? createHash('md5').update(bytesOf(name)).digest('hex'),
    bytes: bytesOf(name).length,
  }));
  return { id: 'small', title: 'Small', description: '', licence: '', source: '', files };
}

test('a set is fetched, gone on with after an interruption, and can be read', async () => {
  const target = path.join(folder, 'good');
  hangsUp = true;
  const broken = await answerOf(() => fetchKnownSet(setOf(), target, { mirror }));
  expect(broken).toMatchObject({ ok: false, problem: { code: 'data/download-failed' } });
  const half = await stat(path.join(target, `${names[0] ?? ''}.partial`));
  expect(half.size).toBe(Math.floor(bytesOf(names[0] ?? '').length / 2));
  await fetchKnownSet(setOf(), target, { mirror });
  expect(asked).toContain(`bytes=${half.size}-`);
  expect((await readdir(target)).toSorted()).toEqual(names.toSorted());
  const { description } = await (await openFiles(folder, 'good')).survey();
  expect(description.samples).toBe(20);
});

test('a file with another checksum never gets its name', async () => {
  const target = path.join(folder, 'bad');
  const answer = await answerOf(() => fetchKnownSet(setOf('0'.repeat(32)), target, { mirror }));
  expect(answer).toMatchObject({ ok: false, problem: { code: 'data/checksum', expected: `MD5 ${'0'.repeat(32)}` } });
  expect(await readdir(target)).toEqual([]);
});
