import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productRoot } from '../files/productRoot.ts';

const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-data-command-'));
  await cp(path.join(productRoot, 'tests', 'fixtures', 'data', 'pictures'), path.join(folder, 'pictures'), {
    recursive: true,
  });
});
afterAll(() => rm(folder, { recursive: true }));

function skipwire(given: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, SKIPWIRE_CACHE: path.join(folder, 'cache'), ...environment };
    execFile(process.execPath, [cli, 'data', ...given], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('a folder is inspected: what it is, how its classes are spread, its figures, and what cannot be read', async () => {
  const whole = await skipwire(['inspect', 'pictures', '--json']);
  expect(whole.code).toBe(0);
  expect(JSON.parse(whole.stdout)).toMatchObject({
    reader: { kind: 'image-folder' },
    description: { targets: [{ kind: 'class', classes: ['Ant', 'cat', 'dog'] }] },
    check: { brokenCount: 0 },
  });
  await writeFile(path.join(folder, 'pictures', 'train', 'cat', 'broken.png'), 'not an image');
  const broken = await skipwire(['inspect', 'pictures']);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/1 cannot be read:\n {2}train\/cat\/broken\.png: /);
  expect((await skipwire(['inspect', 'nowhere'])).code).toBe(1);
});

test('sets are listed, and one that arrives changed is refused with what is to be done', async () => {
  const { stdout } = await skipwire(['list']);
  expect(stdout).toMatch(/^digits +.*$/m);
  expect(stdout).toMatch(/^cifar-100 +.*To be fetched\.$/m);
  const server = createServer((_, response) => response.end('another file'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const SKIPWIRE_DATA_MIRROR = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stderr } = await skipwire(['fetch', 'mnist', '--out', 'fetched'], { SKIPWIRE_DATA_MIRROR });
  server.close();
  expect(code).toBe(1);
  expect(stderr).toMatch(/is not the file it should be\.\n +expected: MD5 f68b3c2d/);
  expect(await readdir(path.join(folder, 'fetched'))).toEqual([]);
});
