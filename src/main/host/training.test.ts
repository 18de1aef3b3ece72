import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallInput, CallName, HostEvent } from '../../contract/contract.ts';
import type { RunSummary } from '../../contract/run.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { DEFAULT_STATISTICS_EVERY } from '../../graph-engine/statistics/sampledSteps.ts';
import { productRoot } from '../files/productRoot.ts';
import { runFiles } from '../runs/runFiles.ts';
import { readCheckpoint } from '../training/checkpoints.ts';
import { createHost, type Host } from './createHost.ts';

// Real trainings, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let workspace: string;
let host: Host;
const events: HostEvent[] = [];

beforeAll(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'skipwire-training-'));
  host = await createHost({ workspace });
  host.onEvent((event) => events.push(event));
});
afterEach(() => void events.splice(0));
afterAll(async () => {
  await host.dispose();
  await rm(workspace, { recursive: true });
});

/** The network of the tutorial: one residual connection, small enough to learn the digits in seconds. */
async function firstNetwork(training: Partial<SkipwireDocument['training']>): Promise<SkipwireDocument> {
  const text = await readFile(path.join(productRoot, 'templates', 'networks', 'first-residual.json'), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error('The template cannot be loaded');
  return { ...loaded.value, training: { ...loaded.value.training, ...training } };
}

async function value<Name extends CallName>(name: Name, input: CallInput<Name>) {
  const answer = await host.call(name, input);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

async function start(training: Partial<SkipwireDocument['training']>): Promise<string> {
  return (await value('run/start', { document: await firstNetwork(training) })).run;
}

const statesOf = (run: string): string[] =>
  events.flatMap((event) =>
    event.event === 'run' && event.payload.kind === 'state' && event.payload.run === run
      ? [event.payload.summary.state.status]
      : [],
  );

/** Waits until the run has reported a step beyond `step`. */
async function reaches(run: string, step: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stopListening = host.onEvent((event) => {
      if (event.event !== 'run' || event.payload.run !== run) return;
      const { payload } = event;
      const there = payload.kind === 'metrics' && payload.metrics.some((entry) => entry.step > step);
      const over = payload.kind === 'state' && ['failed', 'interrupted'].includes(payload.summary.state.status);
      if (there || over) stopListening();
      if (there) resolve();
      else if (over && payload.kind === 'state') reject(new Error(JSON.stringify(payload.summary.state)));
    });
  });
}

const fileOf = (run: string, name: string): string => path.join(workspace, 'runs', run, name);

describe('a training', () => {
  test('learns the digits, tells how it goes, and leaves a folder with everything', async () => {
    const run = await start({ epochs: 8 });
    const summary = await host.runs.whenOver(run);
    expect(summary.state).toEqual({ status: 'finished' });
    expect([...new Set(statesOf(run))]).toEqual(['queued', 'compiling', 'running', 'finished']);
    expect(summary.best?.validationAccuracy).toBeGreaterThan(0.9);
    expect((await readdir(path.join(workspace, 'runs', run))).toSorted()).toEqual(
      [
        'checkpoints',
        'data.json',
        'document.json',
        'environment.json',
        'histograms.bin',
        'log.txt',
        'metrics.jsonl',
        'run.json',
        'statistics.bin',
      ].toSorted(),
    );
    const record = await value('run/read', { run });
    const epochs = record.metrics.filter((entry) => entry.kind === 'epoch');
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(epochs.at(-1)?.trainLoss).toBeLessThan((epochs[0]?.trainLoss ?? 0) / 2);
    expect(record.metrics.filter((entry) => entry.kind === 'step').at(-1)?.step).toBe(8 * Math.ceil((1797 - 359) / 32));
    expect(record.summary).toEqual(summary);
    await looksInside(run, 8 * Math.ceil((1797 - 359) / 32));
    const weights = await readCheckpoint(fileOf(run, runFiles.best));
    const state = await readCheckpoint(fileOf(run, runFiles.last));
    expect(Object.keys(weights)).toContain('conv1.kernel');
    // The optimizer's own variables are in both: either can be gone on from.
    for (const tensors of [weights, state]) expect(Object.keys(tensors)).toContain('optimizer/first/conv1.kernel');
  });

  /** What the nodes did is there at every so many steps, for all and for what is new. */
  async function looksInside(run: string, steps: number): Promise<void> {
    const every = DEFAULT_STATISTICS_EVERY;
    const all = await value('run/statistics', { run, after: null });
    expect(all.steps).toEqual(Array.from({ length: Math.ceil(steps / every) }, (_, i) => every * i));
    const values = new Float32Array(Uint8Array.from(Buffer.from(all.values, 'base64')).buffer);
    expect(values).toHaveLength(all.steps.length * all.columns.length);
    expect(values.every(Number.isFinite)).toBe(true);
    const at = (figure: string, sample: number): number => {
      const index = all.columns.findIndex((column) => column.path === 'conv1' && column.figure === figure);
      return values[sample * all.columns.length + index] ?? Number.NaN;
    };
    expect(at('weight', 1)).not.toBe(at('weight', 0));
    expect(at('update', 0) / at('weight', 0)).toBeGreaterThan(0);
    const late = await value('run/statistics', { run, after: 250 });
    expect([late.columns, late.steps]).toEqual([[], all.steps.filter((step) => step > 250)]);
    const { histograms, steps: seen } = await value('run/histograms', { run, path: 'conv1', kind: 'weight' });
    expect(seen).toEqual(all.steps);
    const sizes = histograms.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0));
    expect(new Set(sizes).size).toBe(1);
    expect(await value('run/histograms', { run, path: 'nowhere', kind: 'weight' })).toEqual({
      steps: [],
      histograms: [],
    });
  }

  test('with the same seed gives the same curve, with another seed another', async () => {
    const curve = async (seed: number): Promise<unknown> => {
      const run = await start({ epochs: 1, seed, batchSize: 100 });
      await host.runs.whenOver(run);
      const { metrics } = await value('run/read', { run });
      return metrics.filter((entry) => entry.kind === 'epoch').map(({ validationLoss }) => validationLoss.toFixed(4));
    };
    const first = await curve(5);
    expect(await curve(5)).toEqual(first);
    expect(await curve(6)).not.toEqual(first);
  });

  test('stopped in its first epoch still keeps weights that can be used', async () => {
    const run = await start({ epochs: 500, learningRate: 0.001 });
    await reaches(run, 3);
    await value('run/stop', { run });
    const summary = await host.runs.whenOver(run);
    expect(summary.state).toEqual({ status: 'stopped' });
    expect(summary.best?.validationLoss).toBeGreaterThan(0);
    const document = await firstNetwork({});
    const weights = { file: fileOf(run, runFiles.best) };
    const inputs = { input: new Float32Array(3 * 64).fill(0.5) };
    const answer = await host.engine.predict({ document, weights, inputs, samples: 3 });
    if (!answer.ok) throw new Error(answer.problem.message);
    const { logits, probabilities } = answer.value['output'] ?? {};
    expect(logits?.length).toBe(30);
    expect(Array.from(probabilities?.subarray(0, 10) ?? []).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  test('whose learning rate is far too high ends with the step and a remedy', async () => {
    const document = await firstNetwork({
      learningRate: 100,
      optimizer: { kind: 'sgd', weightDecay: 0 },
      schedule: { kind: 'constant' },
    });
    // Without normalization and rectifiers nothing holds the numbers back.
    const nodes = Object.entries(document.graph.nodes).map(([id, node]) => {
      const tamed = 'op' in node && (node.op === 'batchNormalization' || node.op === 'relu');
      return [id, tamed ? { ...node, enabled: false } : node] as const;
    });
    const wild = { ...document, graph: { nodes: Object.fromEntries(nodes) } };
    const { run } = await value('run/start', { document: wild });
    const { state } = await host.runs.whenOver(run);
    expect(state).toMatchObject({
      status: 'failed',
      problem: {
        code: 'training/diverged',
        message: expect.stringMatching(/at step \d+ \(step \d+ of epoch 1\)/) as string,
        remedy: expect.stringContaining('Lower the learning rate, which was 100') as string,
        // Where it began was found by taking the steps again.
        divergence: { learningRate: 100, broken: { path: expect.stringMatching(/./) as string } },
      },
    });
  });

  test('waits for the one before it, and can be taken out of the queue', async () => {
    const first = await start({ epochs: 500 });
    const second = await start({ epochs: 1 });
    await value('run/stop', { run: second });
    const { runs } = await value('run/list', {});
    expect(runs.find(({ id }) => id === second)?.state.status).toBe('stopped');
    await value('run/stop', { run: first });
    expect((await host.runs.whenOver(first)).state.status).toBe('stopped');
    expect((await host.runs.whenOver(second)).state.status).toBe('stopped');
  });

  test('resizes data to the drawn input and says so', async () => {
    const run = await start({ data: 'shapes', epochs: 1, batchSize: 200 });
    const summary = await host.runs.whenOver(run);
    expect(summary.state.status).toBe('finished');
    expect((await value('run/read', { run })).notices.join(' ')).toMatch(/turned to grey.*resized from 32×32 to 8×8/s);
  });
});

describe('when the engine dies', () => {
  test('in the middle of a step, the run is interrupted, its weights stay, and the next run works', async () => {
    const run = await start({ epochs: 500 });
    await reaches(run, 100);
    // Weights are written beside the steps.
    await expect.poll(() => existsSync(fileOf(run, runFiles.best)), { timeout: 60_000 }).toBe(true);
    const pid = host.runs.engineProcessOf(run);
    if (pid === undefined) throw new Error('No engine process');
    process.kill(pid, 'SIGKILL');
    const summary = await host.runs.whenOver(run);
    expect(summary.state).toMatchObject({ status: 'interrupted', reason: expect.stringContaining('killed') as string });
    expect(Object.keys(await readCheckpoint(fileOf(run, runFiles.best)))).toContain('conv1.kernel');
    expect((await value('run/read', { run })).metrics.length).toBeGreaterThan(1);
    expect((await value('document/write', { path: 'kept.json', text: '{}' })).path).toBe('kept.json');

    const next = await start({ epochs: 1 });
    expect((await host.runs.whenOver(next)).state.status).toBe('finished');
  });

  test('asked to stop twice, a run ends at once', async () => {
    const run = await start({ epochs: 500 });
    await reaches(run, 50);
    await value('run/stop', { run });
    await value('run/stop', { run });
    const { state } = await host.runs.whenOver(run);
    expect(['interrupted', 'stopped']).toContain(state.status);
  });
});

describe('when the disk cannot be written', () => {
  test('metrics that find the disk full fail the run in words; the weights so far stay', async () => {
    const run = await start({ epochs: 500 });
    // A disk that is always full, and only for this file.
    await symlink('/dev/full', fileOf(run, runFiles.metrics));
    const { state } = await host.runs.whenOver(run);
    expect(state).toMatchObject({ status: 'failed', problem: { code: 'file/disk-full' } });
    const next = await start({ epochs: 1 });
    expect((await host.runs.whenOver(next)).state.status).toBe('finished');
  });

  test('checkpoints that find the disk full leave no torn file behind', async (story) => {
    const small = await mkdtemp(path.join(os.tmpdir(), 'skipwire-small-disk-'));
    if (!mountSmallDisk(small)) {
      await rm(small, { recursive: true });
      return story.skip('this user may not mount a disk');
    }
    const own = await createHost({ workspace: small });
    try {
      const answer = await own.call('run/start', { document: await firstNetwork({ epochs: 500 }) });
      if (!answer.ok) throw new Error(answer.problem.message);
      const { run } = answer.value;
      const summary: RunSummary = await own.runs.whenOver(run);
      expect(summary.state).toMatchObject({ status: 'failed', problem: { code: 'file/disk-full' } });
      const checkpoints = path.join(small, 'runs', run, runFiles.checkpoints);
      const names = await readdir(checkpoints);
      expect(names.filter((name) => name.endsWith('.partial'))).toEqual([]);
      for (const name of names) expect(await readCheckpoint(path.join(checkpoints, name))).toBeTruthy();
    } finally {
      await own.dispose();
      execFileSync('umount', [small]);
      await rm(small, { recursive: true });
    }
  });

  test('a runs folder that is a file is told before anything begins', async () => {
    const own = await mkdtemp(path.join(os.tmpdir(), 'skipwire-blocked-'));
    await writeFile(path.join(own, 'runs'), 'not a folder');
    const blocked = await createHost({ workspace: own });
    const answer = await blocked.call('run/start', { document: await firstNetwork({}) });
    expect(answer.ok).toBe(false);
    if (!answer.ok) expect(answer.problem.code).toMatch(/^file\//);
    await blocked.dispose();
    await rm(own, { recursive: true });
  });
});

test('closing Skipwire in the middle of a run saves it and says so afterwards', async () => {
  const own = await mkdtemp(path.join(os.tmpdir(), 'skipwire-closed-'));
  const first = await createHost({ workspace: own });
  const answer = await first.call('run/start', { document: await firstNetwork({ epochs: 500 }) });
  if (!answer.ok) throw new Error(answer.problem.message);
  const { run } = answer.value;
  await new Promise<void>((resolve) =>
    first.onEvent((event) => event.event === 'run' && event.payload.kind === 'metrics' && resolve()),
  );
  await first.dispose();
  const again = await createHost({ workspace: own });
  const listed = await again.call('run/list', {});
  expect(listed).toMatchObject({ ok: true, value: { runs: [{ id: run, state: { status: 'interrupted' } }] } });
  expect(await readCheckpoint(path.join(own, 'runs', run, runFiles.last))).toBeTruthy();
  await again.dispose();
  await rm(own, { recursive: true });
});

/** Mounts a disk of a few pages, where this user may. */
function mountSmallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=180k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
