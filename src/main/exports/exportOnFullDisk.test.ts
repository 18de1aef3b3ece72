import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { productRoot } from '../files/productRoot.ts';

// A limit on the size of files stands for the full disk: the write fails half-way, in the middle of the weights.
test.skipIf(process.platform === 'win32')(
  'an export that does not fit leaves the old file and nothing else',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'skipwire-full-'));
    const file = path.join(folder, 'network.onnx');
    await writeFile(file, 'the old one');
    const program = path.join(productRoot, 'dist', 'main', 'cli.js');
    const network = path.join(productRoot, 'templates', 'networks', 'resnet-20.json');
    const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
      const command = 'ulimit -f 256 && exec "$0" "$@"';
      const words = ['-c', command, process.execPath, program, 'export', network, '--onnx', file];
      execFile('bash', words, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }));
    });
    expect(output).toContain('The disk is full');
    expect(code).not.toBe(0);
    expect(await readdir(folder)).toEqual(['network.onnx']);
    expect(await readFile(file, 'utf8')).toBe('the old one');
    await rm(folder, { recursive: true });
  },
);
