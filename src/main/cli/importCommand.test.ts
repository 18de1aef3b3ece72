import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decodeSafetensors } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { productRoot } from '../files/productRoot.ts';

// Real programs and trainings, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
const model = (name: string): string => path.join(productRoot, 'tests', 'fixtures', 'onnx', `${name}.onnx`);

/** What PyTorch itself makes of the model with these samples: see tests/oracles/onnxTraining.py. */
interface Golden {
  readonly size: number;
  readonly classes: number;
  readonly samples: Readonly<Record<string, number>>;
  readonly rate: number;
  readonly parameters: number;
  readonly trainLoss: readonly number[];
  readonly validationLoss: readonly number[];
}

let folder: string;
let golden: Golden;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-import-'));
  golden = JSON.parse(await readFile(path.join(productRoot, 'tests', 'golden', 'onnxTraining.json'), 'utf8')) as Golden;
});
afterAll(() => rm(folder, { recursive: true }));

interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function skipwire(...given: string[]): Promise<Done> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...given], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

function linesOf({ stdout }: Done): readonly Readonly<Record<string, unknown>>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

function lossesOf(done: Done, key: 'trainLoss' | 'validationLoss'): readonly number[] {
  return linesOf(done)
    .filter(({ kind }) => kind === 'epoch')
    .map((line) => Number(line[key]));
}

/** The oracle's images and labels, as files of the MNIST family. */
async function writeSamples(): Promise<void> {
  const { size, classes, samples } = golden;
  await mkdir(path.join(folder, 'samples'));
  for (const [part, seed] of [
    ['train', 7n],
    ['val', 11n],
  ] as const) {
    const count = samples[part] ?? 0;
    let state = seed;
    const pixels = Uint8Array.from({ length: count * size * size * 3 }, () => {
      state = (state * 1103515245n + 12345n) % 2147483648n;
      return Number((state * 256n) / 2147483648n);
    });
    const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
    const file = (name: string): string => path.join(folder, 'samples', `${part}-${name}`);
    await writeFile(file('images-idx4-ubyte'), idx([count, size, size, 3], pixels));
    await writeFile(file('labels-idx1-ubyte'), idx([count], labels));
  }
}

function idx(dims: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.from([0, 0, 8, dims.length, ...dims.flatMap(() => [0, 0, 0, 0])]);
  for (const [axis, size] of dims.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, data]);
}

test('an imported model trains on from its own weights as PyTorch trains it, through a child run to a new file', async () => {
  await writeSamples();
  const { parameters, rate, samples, trainLoss, validationLoss } = golden;
  const imported = await skipwire('import', model('training-dynamo'), '-o', 'net.json', '--json');
  expect(imported.stderr).toBe('');
  expect(linesOf(imported)).toEqual([
    {
      path: path.join(folder, 'net.json'),
      weightsPath: path.join(folder, 'net.safetensors'),
      ...{ producer: 'pytorch', opset: 20, nodes: 55, drawn: 21, blocks: 1, kept: [], notes: [] },
      // With the running statistics of five normalizations of four channels.
      parameters: parameters + 2 * 5 * 4,
    },
  ]);

  const settings = ['--batch-size', String(samples['train']), '--learning-rate', String(rate)];
  const first = await skipwire(
    ...['train', 'net.json', '--data', './samples', '--epochs', '4', ...settings, '--out', 'first', '--json'],
  );
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain('27 of 27 weights begin as');
  // The run has weights of its own by now, whatever becomes of the file that it began with.
  await rm(path.join(folder, 'net.safetensors'));
  const second = await skipwire('train', '--from', 'first:last', '--epochs', '6', '--out', 'second', '--json');
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).not.toContain('weights begin as');

  // PyTorch computed in double precision; sums of float32 differ in the sixth digit.
  const close = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 4) as unknown);
  expect([...lossesOf(first, 'trainLoss'), ...lossesOf(second, 'trainLoss')]).toEqual(close(trainLoss));
  expect([...lossesOf(first, 'validationLoss'), ...lossesOf(second, 'validationLoss')]).toEqual(close(validationLoss));
  expect(trainLoss.every((loss, i) => i === 0 || loss < (trainLoss[i - 1] ?? 0))).toBe(true);

  const exported = await skipwire('export', 'second', '--onnx', 'again.onnx', '--json');
  expect(linesOf(exported)).toMatchObject([{ weights: 'trained', verification: { status: 'verified' } }]);
  const back = await skipwire('import', 'again.onnx', '-o', 'again.json', '--json');
  expect(linesOf(back)).toMatchObject([{ kept: [], parameters: parameters + 2 * 5 * 4 }]);
  const kernel = await firstKernel('second/checkpoints/best.safetensors');
  expect(kernel).toHaveLength(3 * 3 * 3 * 4);
  expect(await firstKernel('again.safetensors')).toEqual(kernel);
});

/** The weights of the first convolution in a file. */
async function firstKernel(file: string): Promise<unknown> {
  const stored = decodeSafetensors(await readFile(path.join(folder, file)));
  if (!stored.ok) throw new Error(stored.error.message);
  // The only kernel with three channels, whatever it is called.
  return Object.values(stored.value.tensors).find(({ dims }) => dims.join() === '3,3,3,4')?.data;
}

test('an import says in words what came of it, keeps what it does not know, and replaces only what it is told to', async () => {
  const odd = await skipwire('import', model('odd-torchscript'));
  expect(odd).toMatchObject({ code: 0, stderr: '' });
  expect(odd.stdout).toMatch(
    /^\d+ operators of opset \d+, written by pytorch.* became \d+ nodes; \d+ numbers in the weights\./,
  );
  expect(odd.stdout).toContain('2 of them are kept as they were. The network shows and exports,');
  expect(odd.stdout).toContain('Not known here: CumSum ×1, Sin ×1.');
  expect(odd.stdout).toContain(
    'Wrote odd-torchscript.json.\nWrote odd-torchscript.safetensors beside it: its weights.',
  );
  const again = await skipwire('import', model('odd-torchscript'));
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/odd-torchscript\.json" exists already/);

  await writeFile(path.join(folder, 'broken.onnx'), Uint8Array.of(1, 2, 3, 4));
  const broken = await skipwire('convert', 'broken.onnx', 'broken.py', '--json');
  expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('"broken.onnx" cannot be imported.')]);
  expect(broken.stderr).not.toContain('    at ');
  const badSize = await skipwire('import', model('odd-torchscript'), '--size', 'height');
  expect([badSize.code, badSize.stderr]).toEqual([2, expect.stringContaining('height=224')]);
});

test('convert goes by the endings, and a kept operator goes through', async () => {
  const source = await skipwire('convert', model('residual-torchscript'), 'residual.py', '--json');
  expect(linesOf(source)).toMatchObject([{ path: path.join(folder, 'residual.py') }]);
  expect(await readFile(path.join(folder, 'residual.py'), 'utf8')).toContain('nn.Module');
  const onnx = await skipwire('convert', model('odd-torchscript'), 'odd-again.onnx', '--json');
  expect(linesOf(onnx)).toMatchObject([{ path: path.join(folder, 'odd-again.onnx') }]);
  const document = await skipwire('convert', 'odd-again.onnx', 'odd-again.json', '--json');
  expect(linesOf(document)).toMatchObject([{ kept: [{ operator: 'CumSum' }, { operator: 'Sin' }] }]);
  const other = await skipwire('convert', model('odd-torchscript'), 'odd.docx');
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('.json, .onnx or .py')]);
  // What a model passes through is gone afterwards.
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});
