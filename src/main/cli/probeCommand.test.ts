import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { productRoot } from '../files/productRoot.ts';

// A real program with a real engine, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const template = path.join(productRoot, 'templates', 'networks', 'first-residual.json');
let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-probe-'))));
afterAll(() => rm(folder, { recursive: true }));

function probe(...given: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, 'probe', ...given], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('a sample is told node by node, with its label and what the network makes of it', async () => {
  const { code, stdout } = await probe(template, '--sample', '3');
  expect(code).toBe(0);
  expect(stdout).toContain('Handwritten digits, sample 3: 3');
  expect(stdout).toMatch(/^relu1 +8×8×32 +0 /m);
  expect(stdout).toMatch(/^output: \d \d+\.\d %, /m);
});

test('numbers and a picture of one node go into files that others read', async () => {
  const { stdout } = await probe(template, '--node', 'relu1', '--json', '--npy', 'relu1.npy', '--png', 'relu1.png');
  const told = JSON.parse(stdout) as { statistics: { maximum: number; zeros: number }; node: string };
  const file = await readFile(path.join(folder, 'relu1.npy'));
  const start = 10 + file.readUInt16LE(8);
  expect(file.toString('latin1', 10, start)).toContain("'shape': (8, 8, 32)");
  const numbers = new Float32Array(file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length));
  expect(numbers).toHaveLength(2048);
  expect(told).toMatchObject({ node: 'relu1', statistics: { maximum: Math.max(...numbers) } });
  expect(told.statistics.zeros).toBe(numbers.filter((value) => value === 0).length / 2048);
  const png = await readFile(path.join(folder, 'relu1.png'));
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const at = png.indexOf('IDAT');
  expect(inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))).toHaveLength(height * (width * 3 + 1));
});

test('a node that there is not is told with those that there are', async () => {
  const { code, stderr } = await probe(template, '--node', 'block.relu1');
  expect(code).toBe(1);
  expect(stderr).toContain('There is nothing at "block.relu1" in this network.');
  expect(stderr).toContain('such as relu1');
});
