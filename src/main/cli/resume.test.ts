import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Metrics } from '../../contract/run.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { productRoot } from '../files/productRoot.ts';
import { readMetrics } from '../runs/metricsFile.ts';
import { runFiles } from '../runs/runFiles.ts';
import { readRunFile } from '../runs/runFolder.ts';
import { readWholeCheckpoint } from '../training/checkpoints.ts';

/*
 * A run that was killed goes on as if nothing had happened: the weights at its end are those of a run that nobody disturbed,
 * to the last bit. Real processes are killed, wherever they happen to be.
 */

vi.setConfig({ testTimeout: 180_000 });

const cli = path.join(productRoot, 'dist', 'main', 'cli.js');
const EPOCHS = 6;

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-resume-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A residual network with batch normalization and dropout; epochs of 45 steps. */
async function network(name: string, optimizer: TrainingSettings['optimizer']): Promise<string> {
  const template = path.join(productRoot, 'templates', 'networks', 'first-residual.json');
  const document = JSON.parse(await readFile(template, 'utf8')) as {
    graph: { nodes: { dense: { inputs: object } } };
    training: object;
  };
  const { dense } = document.graph.nodes;
  const training = {
    ...document.training,
    data: 'digits',
    epochs: EPOCHS,
    optimizer,
    learningRate: 0.01,
    schedule: { kind: 'cosine', warmupSteps: 20 },
    deterministic: true,
  };
  const nodes = {
    ...document.graph.nodes,
    dropout: { ...dense, op: 'dropout', parameters: { rate: 0.3 } },
    dense: { ...dense, inputs: { input: { node: 'dropout', port: 'output' } } },
  };
  const file = path.join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ ...document, graph: { ...document.graph, nodes }, training }));
  return file;
}

/** Starts the program in a process group of its own. */
function start(...given: string[]): ChildProcess {
  return spawn(process.execPath, [cli, 'train', ...given, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs a command to its end: its exit code, and what it says. */
async function command(...given: string[]): Promise<[code: number | null, said: string]> {
  const program = spawn(process.execPath, [cli, ...given], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  program.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(program, 'close')) as [number | null];
  return [code, said];
}

/** Waits until a training has reported a step of `step` or more. */
async function reaches(program: ChildProcess, step: number): Promise<void> {
  if (program.stdout === null) throw new Error('Nothing can be read');
  for await (const line of createInterface({ input: program.stdout })) {
    const parsed = z.object({ step: z.number() }).safeParse(JSON.parse(line));
    if (parsed.success && parsed.data.step >= step) break;
  }
  program.stdout.resume();
}

async function ends(program: ChildProcess): Promise<number | null> {
  program.stdout?.resume();
  const [code] = program.exitCode === null ? await once(program, 'exit') : [program.exitCode];
  return typeof code === 'number' ? code : null;
}

async function engineOf(run: string): Promise<number> {
  const lock = z.object({ engine: z.object({ pid: z.number() }) });
  return lock.parse(JSON.parse(await readFile(path.join(folder, run, runFiles.lock), 'utf8'))).engine.pid;
}

/** All variables at the end of a run, the optimizer's among them, as bytes. */
async function variablesOf(run: string): Promise<Record<string, string>> {
  const { tensors, position } = await readWholeCheckpoint(path.join(folder, run, runFiles.last));
  expect(position).toMatchObject({ epoch: EPOCHS, offset: 0 });
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ]),
  );
}

/** What a curve says of each epoch, without what a clock has measured. */
function epochsOf(metrics: readonly Metrics[]): unknown[] {
  return metrics.flatMap((entry) => (entry.kind === 'epoch' ? [{ ...entry, elapsed: 0 }] : []));
}

const victims = {
  async engine(program: ChildProcess, run: string) {
    process.kill(await engineOf(run), 'SIGKILL');
    // The host says that the engine died.
    expect(await ends(program)).toBe(4);
  },
  async host(program: ChildProcess) {
    program.kill('SIGKILL');
    await ends(program);
  },
  async both(program: ChildProcess, run: string) {
    const engine = await engineOf(run);
    program.kill('SIGKILL');
    process.kill(engine, 'SIGKILL');
    await ends(program);
  },
} satisfies Record<string, (program: ChildProcess, run: string) => Promise<void>>;

describe.each([
  {
    name: 'adam',
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    whose: ['engine', 'host', 'both'],
  },
  { name: 'momentum', optimizer: { kind: 'momentum', momentum: 0.9, weightDecay: 1e-4 }, whose: ['both'] },
] as const)('with $name', ({ name, optimizer, whose }) => {
  let document: string;
  let undisturbed: Record<string, string>;
  let curve: unknown[];

  beforeAll(async () => {
    document = await network(name, optimizer);
    expect(await ends(start(document, '--out', `${name}-whole`))).toBe(0);
    undisturbed = await variablesOf(`${name}-whole`);
    curve = epochsOf(await readMetrics(path.join(folder, `${name}-whole`)));
    expect(curve).toHaveLength(EPOCHS);
    expect(Object.keys(undisturbed).some((variable) => /moving|running|mean/i.test(variable))).toBe(true);
  }, 120_000);

  test.each(whose)('a run whose %s is killed twice in the middle of epochs ends with the same bits', async (victim) => {
    const run = `${name}-${victim}`;
    const first = start(document, '--out', run);
    await reaches(first, 70);
    await victims[victim](first, run);
    const second = start('--resume', run);
    await reaches(second, 160);
    await victims[victim](second, run);
    expect(await ends(start('--resume', run))).toBe(0);

    expect(await variablesOf(run)).toEqual(undisturbed);
    const metrics = await readMetrics(path.join(folder, run));
    expect(epochsOf(metrics)).toEqual(curve);
    const steps = metrics.filter(({ kind }) => kind === 'step').map(({ step }) => step);
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
    const summary = (await readRunFile(path.join(folder, run)))?.summary;
    expect(summary?.state).toEqual({ status: 'finished' });
    expect({ ...summary?.lastEpoch, elapsed: 0 }).toEqual(curve.at(-1));
  });
});

test('other commands pause a run, resume it and stop it', async () => {
  const document = await network('steered', { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 });
  const first = start(document, '--epochs', '4000', '--out', 'steered');
  await reaches(first, 50);
  expect(await command('runs', 'pause', 'steered')).toEqual([0, 'The run "steered" is paused.\n']);
  expect(await ends(first)).toBe(130);
  const paused = (await readMetrics(path.join(folder, 'steered'))).at(-1)?.step ?? 0;
  // Nobody is there to be asked.
  expect((await command('runs', 'pause', 'steered'))[0]).toBe(1);
  const again = spawn(process.execPath, [cli, 'runs', 'resume', 'steered', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await reaches(again, paused + 20);
  expect(await command('runs', 'stop', 'steered')).toEqual([0, 'The run "steered" is stopped.\n']);
  expect(await ends(again)).toBe(130);
  const steps = (await readMetrics(path.join(folder, 'steered'))).flatMap((one) =>
    one.kind === 'step' ? one.step : [],
  );
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
});
