import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { memoryOfProcess, watchDeviceMemory } from './deviceMemory.ts';

afterEach(() => vi.unstubAllEnvs());

test('the memory of a process is that on all devices it computes on, and that of no other', () => {
  const lines = '4711, 512\n812, 9000\n4711, 256\n9, [N/A]\n';
  expect(memoryOfProcess(lines, 4711)).toBe(768 * 2 ** 20);
  expect(memoryOfProcess(lines, 9)).toBeUndefined();
  expect(memoryOfProcess('', 4711)).toBeUndefined();
});

test.runIf(process.platform !== 'win32')('what the tool says of this process is told while it is watched', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-device-'));
  const tool = path.join(folder, 'nvidia-smi');
  await writeFile(tool, `#!/bin/sh\necho "${process.pid}, 300"\n`);
  await chmod(tool, 0o755);
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`);
  const watched = watchDeviceMemory();
  await expect.poll(() => watched.bytes(), { timeout: 10_000 }).toBe(300 * 2 ** 20);
  watched.stop();
  await rm(folder, { recursive: true });
});
