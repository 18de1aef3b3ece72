import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { productRoot } from '../files/productRoot.ts';

/* What is tried before a run, from the command line. */

vi.setConfig({ testTimeout: 180_000 });
const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
const network = path.join(productRoot, 'templates', 'networks', 'first-residual.json');
let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-trials-'))));
afterAll(() => rm(folder, { recursive: true }));

function skipwire(...given: string[]) {
  return new Promise<{ code: number; stdout: string }>((resolve) => {
    execFile(process.execPath, [cli, ...given], { cwd: folder, maxBuffer: 16e6 }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

test('lr-find suggests a rate, as one line of JSON', async () => {
  const { code, stdout } = await skipwire('lr-find', network, '--json');
  expect(code).toBe(0);
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { kind: string; suggestion: number };
  expect(result.kind).toBe('result');
  expect(result.suggestion).toBeGreaterThan(1e-4);
  expect(result.suggestion).toBeLessThan(1);
});

test('a batch that is not learned by heart is told with the reason, and by the exit code', async () => {
  const { code, stdout } = await skipwire('train', network, '--overfit', '--learning-rate', '1e-7');
  expect(code).toBe(4);
  expect(stdout).toMatch(/^Did not learn 32 samples by heart[^]*^- .*the learning rate is too low/m);
});

test('one batch goes through everything and leaves nothing behind', async () => {
  const { code, stdout } = await skipwire('train', network, '--fast-dev-run');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Train: .*\n.*^Evaluate and keep: .*\n.*^Export: [^]*the run can begin\.$/m);
  expect(await readdir(folder)).toEqual([]);
});
