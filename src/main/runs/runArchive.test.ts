import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { headlineOf, trainingFigure, validationFigure } from '../../contract/measures.ts';
import type { Metrics, RunState } from '../../contract/run.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { answerOf } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { thisKeeper, type Keeper } from './keeper.ts';
import { listRuns } from './runArchive.ts';
import { createMetricsWriter, readMetrics, rewindMetrics } from './metricsFile.ts';
import { runFiles } from './runFiles.ts';
import { createRunFolder, readRun, readRunFile } from './runFolder.ts';

let runs: string;
beforeEach(async () => (runs = await mkdtemp(path.join(os.tmpdir(), 'skipwire-runs-'))));
afterEach(() => rm(runs, { recursive: true }));

async function addRun(id: string, state: RunState, keeper: Keeper | null, started = 1): Promise<string> {
  const text = await readFile(path.join(productRoot, 'templates', 'networks', 'resnet-20.json'), 'utf8');
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error('The template cannot be loaded');
  const folder = path.join(runs, id);
  const summary = { id, name: 'ResNet-20', data: 'shapes', started, state, epochs: 3 };
  await createRunFolder(folder, loaded.value, { format: 'skipwire/run@1', summary, notices: ['resized'], keeper });
  return folder;
}

async function appendMetrics(folder: string, metrics: readonly Metrics[]): Promise<void> {
  const writer = createMetricsWriter(folder);
  for (const entry of metrics) writer.append(entry);
  await writer.flushed();
}

const step = (number: number): Metrics => ({
  kind: 'step',
  step: number,
  epoch: number / 10,
  loss: 1 / number,
  accuracy: 0.5,
  learningRate: 0.1,
  samplesPerSecond: 100,
  remaining: 1,
  elapsed: number,
});

test('a run is read back as it was written', async () => {
  const folder = await addRun('first', { status: 'finished' }, null);
  await appendMetrics(folder, [step(1), step(2)]);
  const record = await readRun(folder);
  expect(record.summary.name).toBe('ResNet-20');
  expect(record.metrics).toEqual([step(1), step(2)]);
  expect(record.notices).toEqual(['resized']);
  expect(Object.keys(record.document.graph.nodes).length).toBeGreaterThan(3);
});

test('a run of an older version, which knew accuracy only, is read as it is', async () => {
  const folder = await addRun('old', { status: 'finished' }, null);
  const lines = [
    '{"kind":"step","step":1,"epoch":0.5,"loss":2.3,"accuracy":0.1,"learningRate":0.1,"samplesPerSecond":9,"remaining":1,"elapsed":1}',
    '{"kind":"epoch","step":2,"epoch":1,"trainLoss":2,"trainAccuracy":0.2,"validationLoss":1.9,"validationAccuracy":0.3,"best":true,"elapsed":2}',
  ];
  await appendFile(path.join(folder, runFiles.metrics), `${lines.join('\n')}\n`);
  const { summary, metrics } = await readRun(folder);
  const { key } = headlineOf(summary);
  expect(metrics.map((entry) => trainingFigure(entry, key))).toEqual([0.1, 0.2]);
  expect(metrics.map((entry) => entry.kind === 'epoch' && validationFigure(entry, key))).toEqual([false, 0.3]);
});

test('a line that was torn by a power cut costs only itself', async () => {
  const folder = await addRun('torn', { status: 'finished' }, null);
  await appendMetrics(folder, [step(1), step(2)]);
  await appendFile(path.join(folder, runFiles.metrics), '{"kind":"step","step":3,"ep');
  expect(await readMetrics(folder)).toEqual([step(1), step(2)]);
});

test('a run that goes on from a checkpoint has no line twice, and none that is torn or garbled', async () => {
  const folder = await addRun('rewound', { status: 'interrupted', reason: 'killed' }, null);
  await appendMetrics(folder, [step(1), step(2), step(3), step(4)]);
  await appendFile(path.join(folder, runFiles.metrics), '\u0000\u0000{"kind":"step","step":5,"ep');
  expect(await rewindMetrics(folder, 3)).toEqual([step(1), step(2), step(3)]);
  await appendMetrics(folder, [step(4), step(5)]);
  expect((await readMetrics(folder)).map((entry) => entry.step)).toEqual([1, 2, 3, 4, 5]);
});

test('a run without metrics has an empty curve', async () => {
  expect(await readMetrics(await addRun('young', { status: 'queued' }, null))).toEqual([]);
});

test('after a restart, a run whose keeper is gone is interrupted, on disk too, and says why', async () => {
  const keeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const stat = await readFile(`/proc/${keeper.pid}/stat`, 'utf8').catch(() => '');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const folder = await addRun('orphan', { status: 'running' }, { pid: keeper.pid ?? 0, started });
  expect((await listRuns(runs, new Set()))[0]?.state.status).toBe('running');
  keeper.kill('SIGKILL');
  await once(keeper, 'exit');
  const [orphan] = await listRuns(runs, new Set());
  expect(orphan?.state).toMatchObject({ status: 'interrupted', reason: expect.stringContaining('Skipwire') as string });
  expect((await readRunFile(folder))?.summary.state.status).toBe('interrupted');
  expect(await readFile(path.join(folder, runFiles.log), 'utf8')).toContain('saved last is kept');
});

test('a number that is used again by another process does not keep a run alive', async () => {
  await addRun('reused', { status: 'compiling' }, { pid: process.pid, started: '1' });
  expect((await listRuns(runs, new Set()))[0]?.state.status).toBe('interrupted');
});

test('a run that another living Skipwire looks after is left alone', async () => {
  await addRun('elsewhere', { status: 'running' }, thisKeeper());
  expect((await listRuns(runs, new Set()))[0]?.state.status).toBe('running');
});

test('a damaged record is put together again from the rest of the folder, and says so', async () => {
  const folder = await addRun('garbled', { status: 'finished' }, null);
  const epoch = { kind: 'epoch', step: 2, trainLoss: 2, validationLoss: 1.9, best: true, elapsed: 2 } as const;
  await appendMetrics(folder, [step(1), step(2), { ...epoch, epoch: 1 }, { ...epoch, step: 4, epoch: 2, best: false }]);
  for (const damage of ['{"format":"skipwire/run@1","summ', '', '\u0000\u0000\u0000']) {
    await writeFile(path.join(folder, runFiles.summary), damage);
    const [summary] = await listRuns(runs, new Set());
    expect(summary).toMatchObject({
      id: 'garbled',
      name: 'ResNet-20',
      epochs: 20,
      best: { epoch: 1 },
      lastEpoch: { epoch: 2 },
    });
    expect(summary?.state).toMatchObject({
      status: 'interrupted',
      reason: expect.stringContaining('damaged') as string,
    });
    expect((await readRun(folder)).metrics).toHaveLength(4);
  }
});

test('a record of a newer version is left as it is', async () => {
  const folder = await addRun('newer', { status: 'finished' }, null);
  const text = '{"format":"skipwire/run@2"}';
  await writeFile(path.join(folder, runFiles.summary), text);
  expect(await listRuns(runs, new Set())).toEqual([]);
  expect(await readFile(path.join(folder, runFiles.summary), 'utf8')).toBe(text);
});

test('a damaged document is told with what to do', async () => {
  const folder = await addRun('no-document', { status: 'finished' }, null);
  await writeFile(path.join(folder, runFiles.document), '{"format":"skipwire/docu');
  expect((await listRuns(runs, new Set())).map(({ id }) => id)).toEqual(['no-document']);
  expect(await answerOf(() => readRun(folder))).toMatchObject({ ok: false, problem: { code: 'run/document-damaged' } });
});

test('runs come newest first; folders that are no runs are left out', async () => {
  await addRun('old', { status: 'finished' }, null, 1);
  await addRun('new', { status: 'stopped' }, null, 2);
  await writeFile(path.join(runs, 'notes.txt'), 'not a run');
  await mkdir(path.join(runs, 'empty'));
  expect((await listRuns(runs, new Set())).map(({ id }) => id)).toEqual(['new', 'old']);
  expect(await listRuns(path.join(runs, 'nowhere'), new Set())).toEqual([]);
});

test('a run never writes into a folder that holds something', async () => {
  await addRun('taken', { status: 'finished' }, null);
  const again = await answerOf(() => addRun('taken', { status: 'queued' }, null));
  expect(again).toMatchObject({ ok: false, problem: { code: 'run/folder-in-use' } });
});

test('a folder without a run is told apart from a bug', async () => {
  expect(await answerOf(() => readRun(runs))).toMatchObject({ ok: false, problem: { code: 'run/missing' } });
});
