import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { EpochMetrics } from '../../contract/run.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { columnKey } from '../../graph-engine/statistics/columns.ts';
import { finishStatistics } from '../../graph-engine/statistics/finishStatistics.ts';
import { openEditor } from '../../graph-engine/testing/openEditor.ts';
import { splitStratified } from '../datasets/splitStratified.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../executors/tensorflowExecutor.ts';
import { balancedWeights } from './balanceClasses.ts';
import { batchSource, type FeedColumn } from './batches.ts';
import { matchWeights, readCheckpoint } from './checkpoints.ts';
import { trainDocument } from './engineTasks.ts';
import { prepareData } from './prepareData.ts';
import { takeStep } from './takeStep.ts';

/* What the settings of a training do in the engine, on a small network and the digits that come along. */
let executor: Executor;
let folder: string;
vi.setConfig({ testTimeout: 180_000 });
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

function network(training: object): SkipwireDocument {
  const editor = openEditor();
  editor.add('input', { height: 8, width: 8, channels: 1 }, 'input');
  editor.add('flatten', {}, 'flat');
  editor.add('dense', { units: 24 }, 'hidden');
  editor.add('relu', {}, 'relu');
  editor.add('dense', { units: 10 }, 'scores');
  editor.add('classificationOutput', {}, 'output');
  editor.wire('input', 'flat').wire('flat', 'hidden').wire('hidden', 'relu').wire('relu', 'scores');
  editor.wire('scores', 'output');
  return { ...editor.document, training: TrainingSettings.parse({ data: 'digits', ...training }) };
}

async function train(document: SkipwireDocument) {
  const epochs: EpochMetrics[] = [];
  const notices: string[] = [];
  await trainDocument(
    executor,
    { kind: 'train', document, folder },
    {
      onNotice: (text) => notices.push(text),
      onBegun: () => undefined,
      onMetrics: (metrics) => {
        if (metrics.kind === 'epoch') epochs.push(metrics);
      },
      wish: () => 'go-on',
    },
  );
  return { epochs, notices };
}

function lowered(document: SkipwireDocument) {
  const result = lowerDocument(document);
  if (!result.ok) throw new Error(result.error[0]?.message);
  return result.value;
}

/** Takes steps by the settings and returns all weights. */
async function weightsAfter(steps: number, training: object): Promise<Record<string, ArrayLike<number>>> {
  const document = network(training);
  const settings = document.training;
  const program = lowered(document);
  const data = await prepareData(program, settings);
  const compiled = await executor.compile(program.program, { seed: settings.seed });
  let step = 0;
  for await (const batch of batchSource(data, settings).training({ epoch: 0, offset: 0 })) {
    await takeStep({ compiled, settings, step, learningRate: 0.05, fetches: ['loss'] }, batch);
    if (++step === steps) break;
  }
  const names = program.program.variables.filter(({ role }) => role === 'weight').map(({ name }) => name);
  const weights = await compiled.readVariables(names);
  await compiled.dispose();
  return weights;
}

function furthest(a: Record<string, ArrayLike<number>>, b: Record<string, ArrayLike<number>>): number {
  const distances = Object.entries(a).flatMap(([name, values]) =>
    Array.from(values, (value, i) => Math.abs(value - (b[name]?.[i] ?? NaN))),
  );
  return Math.max(...distances);
}

test('gathering the gradients of five small batches is one large batch', async () => {
  const optimizer = { kind: 'momentum', momentum: 0.9 };
  const large = await weightsAfter(6, { batchSize: 30, optimizer });
  const gathered = await weightsAfter(6, { batchSize: 6, accumulate: 5, optimizer });
  const small = await weightsAfter(6, { batchSize: 6, optimizer });
  // Sums of float32 in another order.
  expect(furthest(large, gathered)).toBeLessThan(1e-5);
  expect(furthest(large, small)).toBeGreaterThan(1e-2);
});

/** What the nodes tell of the first step by the settings, by `path figure`. */
async function figuresOfStep(training: object): Promise<ReadonlyMap<string, number>> {
  const document = network(training);
  const settings = document.training;
  const result = lowerDocument(document, { statistics: true });
  if (!result.ok || result.value.statistics === undefined) throw new Error('The network has errors');
  const { program, statistics } = result.value;
  const data = await prepareData(result.value, settings);
  const compiled = await executor.compile(program, { seed: settings.seed });
  const fetches = ['loss', ...statistics.fetches];
  for await (const batch of batchSource(data, settings).training({ epoch: 0, offset: 0 })) {
    const results = await takeStep({ compiled, settings, step: 0, learningRate: 0.05, fetches }, batch);
    await compiled.dispose();
    const values = finishStatistics(statistics, results, batch.size);
    return new Map(statistics.columns.map((column, i) => [columnKey(column), values[i] ?? Number.NaN]));
  }
  throw new Error('There are no data');
}

test('where gradients are gathered, updates and gradients of the weights are those of the whole step', async () => {
  const optimizer = { kind: 'momentum', momentum: 0.9 };
  const large = await figuresOfStep({ batchSize: 30, optimizer });
  const gathered = await figuresOfStep({ batchSize: 6, accumulate: 5, optimizer });
  for (const key of ['hidden weight', 'hidden weightGradient', 'hidden update', 'scores update']) {
    expect(gathered.get(key)).toBeGreaterThan(0);
    // Sums of float32 in another order.
    expect((gathered.get(key) ?? Number.NaN) / (large.get(key) ?? Number.NaN)).toBeCloseTo(1, 4);
  }
});

test('samples are mixed alike for the same seed, and otherwise for another', async () => {
  const mixing = { kind: 'mixup', alpha: 1 };
  const [once, again] = [await weightsAfter(3, { mixing }), await weightsAfter(3, { mixing })];
  expect(furthest(once, again)).toBeLessThan(1e-6);
  expect(furthest(once, await weightsAfter(3, {}))).toBeGreaterThan(1e-3);
  const cut = { mixing: { kind: 'cutmix', alpha: 1 } };
  expect(furthest(await weightsAfter(3, cut), await weightsAfter(3, {}))).toBeGreaterThan(1e-3);
});

test('averaged weights are what is measured, and what is kept as best', async () => {
  const document = network({ epochs: 2, batchSize: 100, averaging: { kind: 'ema', decay: 0.9 }, checkpointEvery: 1 });
  const { epochs } = await train(document);
  expect(epochs.map(({ best }) => best)).toEqual([true, true]);
  const checkpoints = path.join(folder, 'checkpoints');
  const stored = await readCheckpoint(path.join(checkpoints, 'best.safetensors'));
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw new Error('The network has errors');
  // The file holds both: what is gone on from, and what is measured with.
  const exported = matchWeights(lowered.value.program, stored)['hidden.kernel']?.data;
  expect(exported).toEqual(stored['average/hidden.kernel']?.data);
  expect(exported).not.toEqual(stored['hidden.kernel']?.data);
  expect((await readdir(checkpoints)).sort()).toEqual([
    'best.safetensors',
    'epoch-00001.safetensors',
    'epoch-00002.safetensors',
    'last.safetensors',
    'previous.safetensors',
  ]);
});

test('a run that gets no better ends early and says so', async () => {
  const { epochs, notices } = await train(
    network({
      epochs: 50,
      batchSize: 200,
      learningRate: 1e-6,
      judgedBy: 'measure',
      earlyStopping: { kind: 'patience', epochs: 2, minimumGain: 0.5 },
    }),
  );
  expect(epochs).toHaveLength(3);
  expect(notices).toEqual([
    'Stopped early after epoch 3: the validation measure had got no better for 2 epochs. The best weights are kept.',
  ]);
});

test('a plateau lowers the rate', async () => {
  const rates: number[] = [];
  const schedule = { kind: 'plateau', patience: 0, factor: 0.5 };
  await trainDocument(
    executor,
    { kind: 'train', document: network({ epochs: 4, batchSize: 400, learningRate: 1e-9, schedule }), folder },
    {
      onNotice: () => undefined,
      onBegun: () => undefined,
      onMetrics: (metrics) => {
        if (metrics.kind === 'step') rates.push(metrics.learningRate);
      },
      wish: () => 'go-on',
    },
  );
  // The first epoch is the best by definition; each that is no better halves the rate of the next.
  expect([rates[0], rates.at(-1)]).toEqual([1e-9, 0.25e-9]);
});

test('rare classes count more by how rare they are', () => {
  const classes = Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1, 2]);
  const program = lowered(network({}));
  const column: FeedColumn = {
    feed: 'targets/output',
    dtype: 'int32',
    sampleSize: 1,
    write: (sample, room) => room.set(classes.subarray(sample, sample + 1)),
  };
  const weights = balancedWeights(program, [column], Int32Array.from(classes.keys()))['output'] ?? [];
  // 9 / (10 * count); classes without samples weigh 1.
  expect(weights.slice(0, 4)).toEqual([0.15, 0.45, 0.9, 1]);
});

test('masks are cut with their images, and their classes balanced by pixels', async () => {
  const editor = openEditor();
  editor.add('input', { height: 32, width: 32, channels: 3 }, 'input');
  editor.add('conv2d', { filters: 5, kernel: 3, bias: true }, 'conv');
  editor.add('segmentationOutput', { loss: 'both' }, 'output');
  editor.wire('input', 'conv').wire('conv', 'output');
  const settings = { data: 'shape-masks', epochs: 1, batchSize: 100, learningRate: 0.01 };
  const document = {
    ...editor.document,
    training: TrainingSettings.parse({
      ...settings,
      mixing: { kind: 'cutmix', alpha: 1 },
      classWeights: { kind: 'balanced' },
    }),
  };
  const program = lowered(document);
  const data = await prepareData(program, document.training);
  const weights = balancedWeights(program, data.columns, data.split.train)['output'] ?? [];
  // Most pixels are background.
  expect(weights).toHaveLength(5);
  expect(Math.min(...weights)).toBe(weights[0]);
  expect(weights[0]).toBeLessThan(0.5);
  // The engine agrees with the interpreter about the step before it begins.
  const { epochs } = await train(document);
  expect(epochs[0]?.trainLoss).toBeGreaterThan(0);
  expect(epochs[0]?.validationLoss).toBeLessThan(3);
});

test('a stratified split gives each class its share on both sides, the same for the same seed', () => {
  const classes = Int32Array.from({ length: 220 }, (_, i) => (i % 11 === 0 ? 1 : 0));
  const split = splitStratified(classes, 0.25, 3);
  const ones = (part: Int32Array): number => part.filter((sample) => classes[sample] === 1).length;
  expect([ones(split.train), ones(split.validation)]).toEqual([15, 5]);
  expect([split.train.length, split.validation.length]).toEqual([165, 55]);
  expect(new Set([...split.train, ...split.validation]).size).toBe(220);
  expect(splitStratified(classes, 0.25, 3)).toEqual(split);
});

test('another data set can be what is measured on', async () => {
  const document = network({ validationData: 'digits', epochs: 1, batchSize: 500 });
  const data = await prepareData(lowered(document), document.training);
  expect(data.split.train.length).toBe(data.split.validation.length);
  const { epochs } = await train(document);
  expect(epochs[0]?.validationLoss).toBeGreaterThan(0);
});
