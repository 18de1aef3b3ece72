import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { TrialProgress } from '../../contract/trials.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { openEditor, type Editor } from '../../graph-engine/testing/openEditor.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../executors/tensorflowExecutor.ts';
import { fastRun } from './fastRun.ts';
import { findBatchSize } from './findBatchSize.ts';
import { findRate } from './findRate.ts';
import { forecastMemory, forecastOf } from './forecastMemory.ts';
import { overfitBatch } from './overfitBatch.ts';

/* Trials before a run, on a small network and the digits that come along. */
let executor: Executor;
vi.setConfig({ testTimeout: 180_000 });
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

function network(training: object = {}, change: (editor: Editor) => unknown = () => undefined): SkipwireDocument {
  const editor = openEditor();
  editor.add('input', { height: 8, width: 8, channels: 1 }, 'input');
  editor.add('flatten', {}, 'flat');
  editor.add('dense', { units: 32 }, 'hidden');
  editor.add('relu', {}, 'relu');
  editor.add('dense', { units: 10 }, 'scores');
  editor.add('classificationOutput', {}, 'output');
  editor.wire('input', 'flat').wire('flat', 'hidden').wire('hidden', 'relu').wire('relu', 'scores');
  editor.wire('scores', 'output');
  change(editor);
  return { ...editor.document, training: TrainingSettings.parse({ data: 'digits', learningRate: 0.01, ...training }) };
}

function listening() {
  const heard: TrialProgress[] = [];
  return { heard, listeners: { report: (progress: TrialProgress) => void heard.push(progress), goesOn: () => true } };
}

test('a range test suggests a rate at which the network trains, and stops where the loss explodes', async () => {
  const { heard, listeners } = listening();
  const found = await findRate(executor, network({ optimizer: { kind: 'momentum' } }), listeners);
  expect(found.suggestion).toBeGreaterThan(1e-4);
  expect(found.suggestion).toBeLessThan(1);
  expect(found.points.length).toBeGreaterThan(40);
  expect(heard).toHaveLength(found.points.length);
  const rate = found.suggestion ?? NaN;
  const trained = await overfitBatch(
    executor,
    network({ optimizer: { kind: 'momentum' }, learningRate: rate }),
    listening().listeners,
  );
  expect(trained.reached).toBe(true);
});

test('a trial that is enough ends with what is known', async () => {
  let asked = 0;
  const found = await findRate(executor, network(), { report: () => undefined, goesOn: () => asked++ < 12 });
  expect(found.points.length).toBe(12);
});

test('a network that is wired and tuned well learns a batch by heart', async () => {
  const { reached, findings, points, samples } = await overfitBatch(executor, network(), listening().listeners);
  expect([reached, findings, samples]).toEqual([true, [], 32]);
  expect(points.at(-1)?.loss).toBeLessThan(0.03);
});

test('label smoothing has a floor that counts as learned', async () => {
  const found = await overfitBatch(executor, network({ labelSmoothing: 0.1 }), listening().listeners);
  expect(found.floor).toBeCloseTo(0.5003, 3);
  expect(found.reached).toBe(true);
  expect(found.message).toMatch(/as low as it can be \(0.500\)/);
});

const codesOf = async (document: SkipwireDocument): Promise<readonly string[]> => {
  const { reached, findings } = await overfitBatch(executor, document, listening().listeners);
  expect(reached).toBe(false);
  return findings.map(({ code, path }) => (path === undefined ? code : `${code} ${path}`));
};

test('why a batch is not learned by heart is found', async () => {
  expect(await codesOf(network({ learningRate: 1e-7 }))).toEqual(['overfit/rate-too-low']);
  expect(await codesOf(network({ learningRate: 30, optimizer: { kind: 'sgd' } }))).toContain('overfit/rate-too-high');
  expect(await codesOf(network({ mixing: { kind: 'mixup', alpha: 1 } }))).toContain('overfit/mixing');
});

test('dead units and what they cut off are named', async () => {
  const editor = openEditor();
  editor.add('input', { height: 8, width: 8, channels: 1 }, 'input');
  editor.add('conv2d', { filters: 4, bias: true, initialBias: -50 }, 'conv');
  editor.add('relu', {}, 'relu');
  editor.add('flatten', {}, 'flat');
  editor.add('dense', { units: 10 }, 'scores');
  editor.add('classificationOutput', {}, 'output');
  editor
    .wire('input', 'conv')
    .wire('conv', 'relu')
    .wire('relu', 'flat')
    .wire('flat', 'scores')
    .wire('scores', 'output');
  const codes = await codesOf({ ...editor.document, training: TrainingSettings.parse({ learningRate: 0.01 }) });
  expect(codes).toContain('overfit/dead-units relu');
  expect(codes).toContain('overfit/no-gradient conv');
});

test('one batch goes through everything', async () => {
  const { heard, listeners } = listening();
  const found = await fastRun(executor, network({ averaging: { kind: 'ema', decay: 0.9 }, accumulate: 2 }), listeners);
  expect(found.stages.map(({ name }) => name)).toEqual(['Prepare', 'Train', 'Evaluate and keep', 'Export']);
  expect(found.stages.at(-1)?.detail).toBe('ONNX file verified');
  expect(heard.length).toBeGreaterThan(0);
});

test('a batch size is found that is nearly as fast as any', async () => {
  const found = await findBatchSize(executor, network(), listening().listeners);
  const sizes = found.tried.map(({ batchSize }) => batchSize);
  expect(sizes.slice(0, 3)).toEqual([4, 8, 16]);
  expect(sizes).toContain(found.suggestion);
  expect(found.largest).toBe(sizes.at(-1));
  expect(found.message).toMatch(/There are no more samples\.$/);
});

test('memory is forecast by what it is for, and a batch that would fit is named', async () => {
  const { forecast } = await forecastMemory(executor, network({ batchSize: 64 }), listening().listeners);
  // 64 × 32 + 32 + 32 × 10 + 10 weights of four bytes, and two of Adam's for each with two powers.
  expect(forecast.weights).toBe(4 * 2410);
  expect(forecast.optimizer).toBe(4 * (2 * 2410 + 2));
  expect(forecast.fitting).toBeUndefined();
  expect(forecast.total).toBeLessThan(forecast.free);
});

test('where a batch does not fit, the largest that would is named', () => {
  const memory = {
    weights: 100,
    optimizer: 200,
    activations: (size: number) => ({ bytes: 50 * size, origin: 'relu' }),
  };
  const order = { memory, samples: 1000, sampleBytes: 5, program: 300, data: 100, free: 2700 };
  // 1300 beside the batch, which takes 60 a sample; 0.9 of 2700 leave 1130.
  expect(forecastOf({ ...order, batchSize: 18 }).fitting).toBeUndefined();
  expect(forecastOf({ ...order, batchSize: 64 })).toMatchObject({ fitting: 18, total: 1300 + 60 * 64 });
  expect(forecastOf({ ...order, batchSize: 64, free: 700 }).fitting).toBeUndefined();
});
