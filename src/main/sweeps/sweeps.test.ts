import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CallInput, CallName, HostEvent } from '../../contract/contract.ts';
import type { SweepSummary } from '../../contract/sweeps.ts';
import { residualDigits } from '../../graph-engine/testing/examples.ts';
import { parseAxis } from '../../graph-engine/training/sweep/axisText.ts';
import { SweepPlan } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { createHost, type Host } from '../host/createHost.ts';
import { readMetrics } from '../runs/metricsFile.ts';
import { createSweepKeeper } from './sweepKeeper.ts';

// Real trainings, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let workspace: string;
let host: Host;
beforeAll(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'skipwire-sweeps-'));
  host = await createHost({ workspace, warm: true });
});
afterAll(async () => {
  await host.dispose();
  await rm(workspace, { recursive: true });
});

async function value<Name extends CallName>(name: Name, input: CallInput<Name>) {
  const answer = await host.call(name, input);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

function axesOf(...texts: readonly string[]) {
  return texts.map((text) => {
    const parsed = parseAxis(text);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.axis;
  });
}

/** Small enough to train an epoch in a moment: every tenth digit is learned from. */
function tinyDigits() {
  const document = residualDigits();
  const { conv1, conv2 } = document.graph.nodes as Record<string, { parameters: Record<string, unknown> }>;
  for (const node of [conv1, conv2]) if (node !== undefined) node.parameters['filters'] = 4;
  const schedule = { kind: 'constant' as const };
  return { ...document, training: { ...document.training, epochs: 1, validationShare: 0.9, schedule } };
}

async function start(plan: CallInput<'sweep/start'>['plan']): Promise<string> {
  return (await value('sweep/start', { document: tinyDigits(), plan })).sweep;
}

const outcomes = ({ attempts }: SweepSummary) =>
  attempts.map(({ trial, rung, point, outcome }) => [trial, rung, ...point, outcome.status]);

/** Resolves when an event of a sweep says so. */
function hears(what: (event: HostEvent) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = host.onEvent((event) => {
      if (!what(event)) return;
      stopListening();
      resolve();
    });
  });
}

test('a grid trains every combination as a run; what cannot be drawn fails alone, and so does a dead engine', async () => {
  const sweep = await start({
    axes: axesOf('conv1.filters=4,8', 'training.learningRate=0.01,0.02'),
    goal: { measure: 'accuracy', better: 'higher' },
    concurrency: 2,
  });
  const [first, second] = [`${sweep}-t001`, `${sweep}-t002`];
  // As soon as there is one: it has a moment's work.
  const killEngine = () => {
    const engine = host.runs.engineProcessOf(first);
    if (engine !== undefined) process.kill(engine, 'SIGKILL');
    return engine;
  };
  await expect.poll(killEngine, { interval: 5 }).toBeDefined();
  const summary = await host.sweeps.whenOver(sweep);
  expect(summary.state).toEqual({ status: 'finished', reason: 'all-done' });
  expect(outcomes(summary)).toEqual([
    [0, 0, 4, 0.01, 'failed'],
    [1, 0, 4, 0.02, 'done'],
    [2, 0, 8, 0.01, 'failed'],
    [3, 0, 8, 0.02, 'failed'],
  ]);
  const [lost, , mismatch] = summary.attempts.map(({ outcome }) =>
    outcome.status === 'failed' ? outcome.problem : null,
  );
  expect(lost?.code).toMatch(/^engine\/(lost|does-not-start)$/);
  expect([mismatch?.code, mismatch?.message]).toEqual(['document/has-errors', expect.stringContaining('add')]);

  const { runs } = await value('run/list', {});
  expect(Object.fromEntries(runs.map(({ id, sweep: of }) => [id, of]))).toEqual({
    [first]: { sweep, trial: 0, rung: 0 },
    [second]: { sweep, trial: 1, rung: 0 },
  });
  const done = summary.attempts[1]?.outcome;
  const measured = (await readMetrics(path.join(workspace, 'runs', second))).find(({ kind }) => kind === 'epoch');
  expect(done).toEqual({
    status: 'done',
    value: measured?.kind === 'epoch' ? measured.validationAccuracy : undefined,
    epoch: 1,
  });
  expect(summary.measure).toEqual({ key: 'accuracy', title: 'Accuracy', unit: 'share', better: 'higher' });
  const written: unknown = JSON.parse(await readFile(path.join(workspace, 'sweeps', sweep, 'sweep.json'), 'utf8'));
  expect(written).toMatchObject({
    format: 'skipwire/sweep@1',
    keeper: null,
    summary: JSON.parse(JSON.stringify(summary)) as object,
  });
  expect((await value('sweep/list', {})).sweeps).toEqual([summary]);
});

test('halving goes on with the best where it stood; a pause loses nothing', async () => {
  const sweep = await start({
    axes: axesOf('training.learningRate=log(1e-4,0.1)'),
    strategy: { kind: 'halving', trials: 2, seed: 4, eta: 2, minimum: 1, maximum: 2 },
  });
  await hears(({ event, payload }) => event === 'sweep' && payload.attempts.length === 1);
  // Nobody else can take it up meanwhile.
  const other = createSweepKeeper({
    runs: host.runs,
    demandTrainable: async () => undefined,
    onEvent: () => undefined,
  });
  const folder = path.join(workspace, 'sweeps', sweep);
  await expect(other.resume({ id: sweep, folder, within: workspace })).rejects.toMatchObject({
    problem: { code: 'sweep/held' },
  });
  await value('sweep/pause', { sweep });
  expect((await host.sweeps.whenOver(sweep)).state).toEqual({ status: 'paused' });
  expect((await host.call('sweep/pause', { sweep })).ok).toBe(false);
  await value('sweep/resume', { sweep });
  const summary = await host.sweeps.whenOver(sweep);
  expect(summary.state).toEqual({ status: 'finished', reason: 'all-done' });
  expect(summary.attempts.map(({ rung, epochs, outcome }) => [rung, epochs, outcome.status])).toEqual([
    [0, 1, 'done'],
    [0, 1, 'done'],
    [1, 2, 'done'],
  ]);
  const valueOf = ({ outcome }: SweepSummary['attempts'][number]) =>
    outcome.status === 'done' ? outcome.value : Number.POSITIVE_INFINITY;
  const [best] = summary.attempts.slice(0, 2).toSorted((a, b) => valueOf(a) - valueOf(b));
  const promoted = summary.attempts[2];
  expect([promoted?.trial, promoted?.point]).toEqual([best?.trial, best?.point]);
  const record = await value('run/read', { run: promoted?.run ?? '' });
  expect(record.summary.parent).toMatchObject({ run: best?.run, checkpoint: 'last', epoch: 1 });
  // One curve, from the first epoch of the first round on.
  expect(record.metrics.flatMap((entry) => (entry.kind === 'epoch' ? [entry.epoch] : []))).toEqual([1, 2]);
  expect((await host.call('sweep/resume', { sweep })).ok).toBe(false);
});

test('what hinders the whole sweep ends it with its reason: an engine that is gone, a folder that is', async () => {
  const document = tinyDigits();
  const plan = SweepPlan.parse({ axes: axesOf('training.seed=1,2') });
  const problem = { code: 'engine/missing', message: 'No engine is installed.' };
  const sweeps = createSweepKeeper({
    runs: host.runs,
    demandTrainable: () => Promise.reject(new HostFailure(problem)),
    onEvent: () => undefined,
  });
  const order = { document, plan, runsFolder: path.join(workspace, 'runs') };
  const folder = path.join(workspace, 'elsewhere');
  await sweeps.start({ ...order, id: 'missing', folder: path.join(folder, 'missing') });
  const missing = await sweeps.whenOver('missing');
  expect([missing.state, outcomes(missing)]).toEqual([{ status: 'failed', problem }, [[0, 0, 1, 'under-way']]]);

  const lost = createSweepKeeper({
    runs: host.runs,
    async demandTrainable() {
      await rm(path.join(folder, 'lost'), { recursive: true });
      throw new HostFailure({ code: 'document/has-errors', message: 'The network has an error.' });
    },
    onEvent: () => undefined,
  });
  await lost.start({ ...order, id: 'lost', folder: path.join(folder, 'lost') });
  expect((await lost.whenOver('lost')).state).toMatchObject({ status: 'failed', problem: { code: 'file/missing' } });
});

test('a plan that makes no sense is refused with its place, and leaves nothing behind', async () => {
  const plan = { axes: axesOf('training.learningRte=0.1') };
  const answer = await host.call('sweep/start', { document: tinyDigits(), plan });
  expect(answer.ok ? null : answer.problem).toEqual({
    code: 'sweep/unknown-path',
    message: 'There is nothing called "training.learningRte" in the document.',
    expected: 'a training setting, or the parameter of a node or block, such as training.learningRate',
    received: 'training.learningRte',
    remedy: 'Did you mean "training.learningRate"?',
  });
  expect((await value('sweep/list', {})).sweeps).toHaveLength(2);
});

test('a sweep that was handed over begins no run outside the workspace, not through a link either', async () => {
  const plan = SweepPlan.parse({ axes: axesOf('training.seed=1') });
  const foreign = createSweepKeeper({
    runs: host.runs,
    demandTrainable: () => Promise.reject(new HostFailure({ code: 'engine/missing', message: 'No engine.' })),
    onEvent: () => undefined,
  });
  const folder = path.join(workspace, 'sweeps', 'given');
  const outside = await mkdtemp(path.join(os.tmpdir(), 'skipwire-outside-'));
  await foreign.start({ id: 'given', folder, document: tinyDigits(), plan, runsFolder: path.join(workspace, 'runs') });
  await foreign.whenOver('given');
  const file = path.join(folder, 'sweep.json');
  const told = JSON.parse(await readFile(file, 'utf8')) as object;
  for (const runs of ['../../..', outside, '../../linked']) {
    await writeFile(file, JSON.stringify({ ...told, runs }));
    if (runs === '../../linked') await symlink(outside, path.join(workspace, 'linked'));
    expect(await host.call('sweep/resume', { sweep: 'given' }), runs).toMatchObject({
      ok: false,
      problem: { code: 'sweep/runs-outside', expected: `runs in "${workspace}"` },
    });
  }
  // The folder of the runs is the workspace's own, that of the one run leads away.
  await mkdir(path.join(workspace, 'runs'), { recursive: true });
  await symlink(outside, path.join(workspace, 'runs', 'given-t001'));
  await writeFile(file, JSON.stringify(told));
  const over = hears(
    ({ event, payload }) => event === 'sweep' && payload.id === 'given' && payload.state.status === 'finished',
  );
  await value('sweep/resume', { sweep: 'given' });
  await over;
  const [given] = (await value('sweep/list', {})).sweeps.filter(({ id }) => id === 'given');
  expect(given?.attempts[0]?.outcome).toMatchObject({ status: 'failed', problem: { code: 'sweep/runs-outside' } });
  expect(await readdir(outside)).toEqual([]);
  await rm(outside, { recursive: true });
});
