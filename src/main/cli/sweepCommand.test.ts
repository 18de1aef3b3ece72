import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { productRoot } from '../files/productRoot.ts';
import { readRunFile } from '../runs/runFolder.ts';

// Real trainings in real processes, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
const network = path.join(productRoot, 'templates', 'networks', 'first-residual.json');

let folder: string;
let elsewhere: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-sweep-'));
  elsewhere = await mkdtemp(path.join(os.tmpdir(), 'skipwire-elsewhere-'));
});
afterAll(async () => {
  for (const one of [folder, elsewhere]) await rm(one, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs `skipwire sweep`; kills it without warning at the first line that `until` finds. */
async function sweep(
  given: readonly string[],
  { until = () => false, cwd = folder }: { until?: (line: string) => boolean; cwd?: string } = {},
): Promise<Ended> {
  const program = spawn(process.execPath, [cli, 'sweep', ...given], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const over = once(program, 'exit') as Promise<[number | null]>;
  const lines: string[] = [];
  for await (const line of createInterface({ input: program.stdout })) {
    lines.push(line);
    if (until(line)) program.kill('SIGKILL');
  }
  const [code] = await over;
  return { code, lines, errors };
}

test('a sweep that was killed goes on with the same trials and says which is best', async () => {
  const axes = ['-a', 'training.learningRate=log(1e-3,1e-1)', '-a', 'conv1.filters+conv2.filters=4,8'];
  const drawn = ['--strategy', 'random', '--trials', '3', '--draw-seed', '7', '--epochs', '1', '--out', 'tried'];
  const dry = await sweep([network, ...axes, ...drawn, '--dry-run', '--json']);
  const plan = JSON.parse(dry.lines[0] ?? '') as { points: unknown[]; rungs: unknown };
  expect([dry.code, plan.rungs, await readdir(folder)]).toEqual([0, [{ trials: 3, epochs: 1 }], []]);

  // The second trial has just begun.
  const killed = await sweep([network, ...axes, ...drawn, '--goal', 'accuracy', '--json'], {
    until: (line) => line.includes('"trial":1'),
  });
  expect(killed.code).toBe(null);
  // From a shell in another folder: its runs are found beside it.
  const resumed = await sweep(['--resume', path.join('..', path.basename(folder), 'tried')], { cwd: elsewhere });
  expect(await readdir(elsewhere)).toEqual([]);
  expect([resumed.code, resumed.errors]).toEqual([0, '']);
  expect(resumed.lines).toEqual([
    expect.stringMatching(
      /^2\/3 {2}training\.learningRate 0\.\d+, conv1\.filters \+ conv2\.filters [48] {2}accuracy [\d.]+ %/,
    ),
    expect.stringMatching(/^3\/3 /),
    'Finished.',
    expect.stringMatching(/^Best: .* accuracy [\d.]+ % · run tried-t00[123]$/),
    expect.stringMatching(/^Sweep: .*tried$/),
  ]);
  const { summary } = JSON.parse(await readFile(path.join(folder, 'tried', 'sweep.json'), 'utf8')) as {
    summary: { attempts: { point: unknown; run: string }[] };
  };
  expect(summary.attempts.map(({ point }) => point)).toEqual(plan.points);
  expect((await readdir(path.join(folder, 'runs'))).toSorted()).toEqual(summary.attempts.map(({ run }) => run));
  const again = await sweep(['--resume', 'tried']);
  expect([again.code, again.errors]).toEqual([1, expect.stringContaining('nothing to resume')]);
});

test('a sweep trains on the engine that is named, and on no other one', async () => {
  const one = [network, '-a', 'training.learningRate=0.01', '--epochs', '1'];
  const unknown = await sweep([...one, '--engine', 'abacus', '--out', 'unknown']);
  expect(unknown.code).toBe(3);
  expect(unknown.errors.split('\n').slice(0, 3)).toEqual([
    'There is no engine "abacus".',
    '  expected: cuda, tensorflow, webgpu, wasm',
    '  received: abacus',
  ]);
  expect(await readdir(folder)).not.toContain('unknown');
  const trained = await sweep([...one, '--engine', 'wasm', '--out', 'on-wasm', '--json']);
  expect([trained.code, JSON.parse(trained.lines.at(-1) ?? '')]).toMatchObject([0, { status: 'finished', failed: 0 }]);
  expect((await readRunFile(path.join(folder, 'runs', 'on-wasm-t001')))?.summary.engine?.id).toBe('wasm');
});

test('a sweep from elsewhere writes no runs outside the folder it is gone on with in', async () => {
  const sweepFile = path.join(folder, 'tried', 'sweep.json');
  const told = JSON.parse(await readFile(sweepFile, 'utf8')) as { summary: object };
  const state = { status: 'interrupted', reason: 'It was handed over.' };
  await writeFile(sweepFile, JSON.stringify({ ...told, summary: { ...told.summary, state }, runs: '../../runs' }));
  const { code, errors } = await sweep(['--resume', 'tried']);
  expect(code).toBe(1);
  expect(errors).toContain('The sweep has its runs in another place.');
});

test('what cannot be swept is told with what was expected and what to do', async () => {
  const told = async (...given: string[]): Promise<[code: number | null, errors: string[]]> => {
    const { code, errors } = await sweep(given);
    return [code, errors.trim().split('\n').slice(0, 4)];
  };
  expect(await told(network, '--axis', 'training.optimizer.learningRate=log(1e-4,1e-1,5)')).toEqual([
    1,
    [
      'There is nothing called "training.optimizer.learningRate" in the document.',
      '  expected: a training setting, or the parameter of a node or block, such as training.learningRate',
      '  received: training.optimizer.learningRate',
      '  Did you mean "training.learningRate"?',
    ],
  ]);
  expect((await told(network, '--axis', 'training.learningRate'))[1][0]).toBe('The axis was not understood.');
  expect((await told(network))[0]).toBe(2);
  expect(await readdir(folder)).not.toContain('sweeps');
});
