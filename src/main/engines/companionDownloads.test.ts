import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CompanionOptions } from './companionDownloads.ts';
import { installCompanions } from './companionWheels.ts';
import { engineFolder } from './engineFolder.ts';
import type { EnginePackage } from './enginePackage.ts';
import type { EngineProgress } from './engineProgress.ts';
import { indexAt } from './packageIndex.ts';
import { serveIndex, type ServedIndex, type ServedWheel } from './testing/serveIndex.ts';
import { writeWheel } from './testing/writeWheel.ts';

const wanted: EnginePackage = {
  name: 'tensorflow',
  version: '9.9.9',
  platforms: ['manylinux_2_27_x86_64', 'manylinux2014_x86_64'],
  wheelBytes: 1000,
  unpackedBytes: 1000,
  libraries: [],
  headers: [],
  more: { extra: 'and-cuda', wheelBytes: 2_000_000, unpackedBytes: 5_000_000 },
};

let root: string;
let downloads: string;
let own: string;
let served: ServedIndex | undefined;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'skipwire-companions-'));
  downloads = path.join(root, 'downloads');
  mkdirSync(downloads);
  own = path.join(root, 'tensorflow-9.9.9-cp311-cp311-manylinux_2_27_x86_64.whl');
  const information = 'tensorflow-9.9.9.dist-info';
  const metadata = [
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    'Requires-Dist: nvidia-nccl-cu12<3.0,>=2.27.7; extra == "and-cuda"',
  ].join('\n');
  writeWheel(own, { information, files: { [`${information}/METADATA`]: Buffer.from(metadata) } });
});
afterEach(async () => {
  await served?.close();
  served = undefined;
  rmSync(root, { recursive: true, force: true });
});

/** A wheel with one library of random bytes. */
function wheelOf(name: string, version: string, platform: string, bytes = 300_000): ServedWheel {
  const file = `nvidia_${name}_cu12-${version}-py3-none-${platform}.whl`;
  const at = path.join(root, file);
  const sha256 = writeWheel(at, {
    information: `nvidia_${name}_cu12-${version}.dist-info`,
    files: { [`nvidia/${name}/lib/lib${name}.so.${version}`]: randomBytes(bytes) },
  });
  const content = readFileSync(at);
  rmSync(at);
  return { package: `nvidia-${name}-cu12`, name: file, bytes: content, sha256 };
}

async function install(wheels: readonly ServedWheel[], options: Partial<CompanionOptions> = {}) {
  await served?.close();
  served = await serveIndex(...wheels);
  const folder = engineFolder(path.join(root, 'engine'));
  const index = indexAt(served.url);
  return installCompanions(own, wanted, folder, { downloads, onProgress: () => undefined, index, ...options });
}

test('of each package the newest version in its range that runs here is fetched, without pip', async () => {
  const files = await install([
    wheelOf('cublas', '12.5.3.2', 'manylinux2014_x86_64'),
    wheelOf('cublas', '12.10.1', 'manylinux_2_27_x86_64'),
    wheelOf('cublas', '12.10.2', 'manylinux_2_27_aarch64'),
    { ...wheelOf('cublas', '12.11.0', 'manylinux_2_27_x86_64'), yanked: true },
    wheelOf('cublas', '13.0.0', 'manylinux_2_27_x86_64'),
    { ...wheelOf('nccl', '2.27.8', 'manylinux_2_17_x86_64.manylinux2014_x86_64'), asPage: true },
  ]);
  expect(files.map((file) => file.path)).toEqual(['deps/lib/libcublas.so.12.10.1', 'deps/lib/libnccl.so.2.27.8']);
  expect(served?.from).toEqual([0, 0]);
});

test('a connection that is cut is gone on with, and so is an installation that was cancelled', async () => {
  const wheels = [
    wheelOf('cublas', '12.10.1', 'manylinux_2_27_x86_64'),
    wheelOf('nccl', '2.27.8', 'manylinux2014_x86_64'),
  ] as const;
  const [cublas, nccl] = wheels;
  const partial = path.join(downloads, `${nccl.name}.partial`);
  const cancelling = new AbortController();
  const seen: EngineProgress[] = [];
  const onProgress = (progress: EngineProgress): void => {
    seen.push(progress);
    if ((progress.done ?? 0) > cublas.bytes.length + 100_000) cancelling.abort();
  };
  const cancelled = install(wheels, { onProgress, signal: cancelling.signal });
  await expect(cancelled).rejects.toMatchObject({ problem: { code: 'engine/installation-cancelled' } });
  // One measure for all of them.
  expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([cublas.bytes.length + nccl.bytes.length]));
  expect(readdirSync(downloads).toSorted()).toEqual([cublas.name, `${nccl.name}.partial`]);

  const files = await install([cublas, { ...nccl, cut: { after: 100_000, file: partial } }]);
  expect(files).toHaveLength(2);
  expect(served?.files.every((name) => name === nccl.name)).toBe(true);
  expect(served?.from.length).toBeGreaterThan(1);
  expect(served?.from.every((first) => first > 0)).toBe(true);
});

test('there is room for all of them before the first is fetched; what has come is not asked for again', async () => {
  const wheels = [
    wheelOf('cublas', '12.10.1', 'manylinux_2_27_x86_64'),
    wheelOf('nccl', '2.27.8', 'manylinux2014_x86_64'),
  ] as const;
  const [cublas, nccl] = wheels;
  const free = 5_000_000 + cublas.bytes.length + nccl.bytes.length;
  await expect(install(wheels, { free: free - 1 })).rejects.toMatchObject({
    problem: { code: 'engine/disk-too-small' },
  });
  expect(served?.files).toEqual([]);
  writeFileSync(path.join(downloads, `${cublas.name}.partial`), cublas.bytes.subarray(0, 1000));
  expect(await install(wheels, { free: free - 1000 })).toHaveLength(2);
});

test('a wheel of an earlier try that is damaged is fetched once more, one of a version out of range is not used', async () => {
  const wheels = [
    wheelOf('cublas', '12.10.1', 'manylinux_2_27_x86_64'),
    wheelOf('nccl', '2.27.8', 'manylinux2014_x86_64'),
  ] as const;
  const [cublas, nccl] = wheels;
  writeFileSync(path.join(downloads, cublas.name), cublas.bytes.subarray(0, 10_000));
  const old = wheelOf('nccl', '2.20.0', 'manylinux2014_x86_64');
  writeFileSync(path.join(downloads, old.name), old.bytes);
  const files = await install(wheels);
  expect(files.map((file) => path.basename(file.path))).toEqual(['libcublas.so.12.10.1', 'libnccl.so.2.27.8']);
  expect(served?.files.toSorted()).toEqual([cublas.name, nccl.name]);
});
