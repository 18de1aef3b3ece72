import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WheelOrder } from './downloadWheel.ts';
import { fetchWheel } from './fetchWheel.ts';
import { indexAt, packageIndexIn } from './packageIndex.ts';
import { serveIndex, type ServedIndex, type ServedWheel } from './testing/serveIndex.ts';

const order: WheelOrder = {
  name: 'tensorflow-cpu',
  versions: '==9.9.9',
  platforms: ['manylinux_2_27_x86_64'],
  wheelBytes: 1_000_000,
};
const bytes = randomBytes(1_000_000);
const wheel: ServedWheel = {
  package: 'tensorflow-cpu',
  name: 'tensorflow_cpu-9.9.9-cp311-cp311-manylinux_2_27_x86_64.whl',
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
};

let folder: string;
let served: ServedIndex | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-fetch-'));
});
afterEach(async () => {
  await served?.close();
  await rm(folder, { recursive: true });
});

async function fetching(
  given: Partial<ServedWheel> = {},
  { signal, onDone }: { signal?: AbortSignal; onDone?: (done: number) => void } = {},
) {
  await served?.close();
  served = await serveIndex({ ...wheel, ...given });
  const index = indexAt(served.url);
  if (index === undefined) throw new Error('There is no index');
  return fetchWheel(order, folder, index, {
    onProgress: ({ done = 0 }) => onDone?.(done),
    ...(signal !== undefined && { signal }),
  });
}

test.each([{ asPage: true }, { asPage: false }])('a connection that is cut is gone on with: %j', async (kind) => {
  const cut = { after: 400_000, file: path.join(folder, `${wheel.name}.partial`) };
  const file = await fetching({ ...kind, cut });
  expect(file).toBe(path.join(folder, wheel.name));
  expect((await readFile(file ?? '')).equals(bytes)).toBe(true);
  expect(served?.from).toEqual([0, 400_000, 800_000]);
});

test('what came before a cancellation is gone on with the next time', async () => {
  const cancelling = new AbortController();
  const onDone = (done: number): void => void (done > 100_000 && cancelling.abort());
  await expect(fetching({}, { signal: cancelling.signal, onDone })).rejects.toMatchObject({
    problem: { code: 'engine/installation-cancelled' },
  });
  expect(await readdir(folder)).toEqual([`${wheel.name}.partial`]);
  const file = await fetching();
  expect((await readFile(file ?? '')).equals(bytes)).toBe(true);
  expect(served?.from[0]).toBeGreaterThan(0);
});

test('another file than the index tells of is not taken, and what it left is thrown away', async () => {
  await writeFile(path.join(folder, `${wheel.name}.partial`), randomBytes(1000));
  await expect(fetching()).rejects.toMatchObject({
    problem: { code: 'engine/download-failed', expected: `SHA256 ${wheel.sha256}` },
  });
  expect(await readdir(folder)).toEqual([]);
});

test('another version, another machine, no checksum: pip is left to say what there is', async () => {
  expect(await fetching({ name: wheel.name.replace('9.9.9', '9.9.8') })).toBeUndefined();
  expect(await fetching({ name: wheel.name.replace('x86_64', 'aarch64') })).toBeUndefined();
  expect(await fetching({ asPage: true, sha256: 'none' })).toBeUndefined();
  expect(served?.from).toEqual([]);
});

test('the index is that of pip; who has set more of pip than an index is left to pip', () => {
  expect(packageIndexIn('', {})?.url).toMatch(/^https:.*\/simple\/$/);
  expect(packageIndexIn(":env:.config-file='/etc/own.conf'", {})?.url).toMatch(/^https:/);
  const own = "global.index-url='https://me:pass%20word@packages.example.org/simple'\nglobal.timeout='60'";
  expect(packageIndexIn(own, {})).toEqual({
    url: 'https://packages.example.org/simple/',
    authorization: `Basic ${Buffer.from('me:pass word').toString('base64')}`,
  });
  expect(packageIndexIn(`:env:.index-url='https://other.example.org/'\n${own}`, {})?.url).toBe(
    'https://other.example.org/',
  );
  for (const setting of ['find-links', 'proxy', 'cert', 'no-index', 'extra-index-url']) {
    expect(packageIndexIn(`${own}\nglobal.${setting}='x'`, {}), setting).toBeUndefined();
  }
  expect(packageIndexIn(own, { HTTPS_PROXY: 'http://proxy:3128' })).toBeUndefined();
  expect(packageIndexIn("global.index-url='file:///srv/packages'", {})).toBeUndefined();
});
