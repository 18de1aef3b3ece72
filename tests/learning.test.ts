import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { EpochMetrics } from '../src/contract/run.ts';
import type { SkipwireDocument } from '../src/graph-engine/document/schema.ts';
import type { TrainingSettings } from '../src/graph-engine/document/trainingSettings.ts';
import { OptimizerSettings } from '../src/graph-engine/program/optimizers/settings.ts';
import type { Executor } from '../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../src/main/executors/tensorflowExecutor.ts';
import { trainDocument } from '../src/main/training/engineTasks.ts';
import { networkOf, networkTemplate } from './support/networks.ts';

/*
 * Networks of the library learn a small task to a stated figure, on the native engine, as a user's training does. Inputs are
 * reduced so that each takes seconds; `npm run verify` takes a few steps with every network.
 */
let executor: Executor;
let folder: string;
vi.setConfig({ testTimeout: 300_000 });
beforeAll(async () => {
  // Stories go on beside this: threads that wait for each other take a quarter more of the processor for the same steps.
  process.env['TF_NUM_INTRAOP_THREADS'] = '1';
  executor = await openTensorflowExecutor();
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-learning-'));
});
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true });
});

/** Trains, and returns what was reached on samples that were not learned from. */
async function learn(
  document: SkipwireDocument,
  training: Partial<TrainingSettings>,
): Promise<Readonly<Record<string, number>>> {
  let last: EpochMetrics | undefined;
  await trainDocument(
    executor,
    {
      kind: 'train',
      document: { ...document, training: { ...document.training, ...training } },
      folder: await mkdtemp(path.join(folder, 'run-')),
    },
    {
      onNotice: () => undefined,
      onBegun: () => undefined,
      onMetrics: (metrics) => {
        if (metrics.kind === 'epoch') last = metrics;
      },
      wish: () => 'go-on',
    },
  );
  return { loss: last?.validationLoss ?? Number.NaN, ...last?.validationMeasures };
}

/** A network of the library with other parameters at some nodes. */
function template(name: string, changes: Readonly<Record<string, Readonly<Record<string, number>>>> = {}) {
  const document = networkTemplate(`${name}.json`);
  const nodes = Object.entries(document.graph.nodes).map(([id, node]) => [
    id,
    { ...node, parameters: { ...node.parameters, ...changes[id] } },
  ]);
  return { ...document, graph: { nodes: Object.fromEntries(nodes) as typeof document.graph.nodes } };
}

test('ResNet-20 reads nine digits of ten', async () => {
  const network = template('resnet-20', { input: { height: 16, width: 16, channels: 1 } });
  const { accuracy } = await learn(network, { data: 'digits', epochs: 2 });
  expect(accuracy).toBeGreaterThan(0.9);
});

test('DenseNet-BC reads nine digits of ten', async () => {
  const network = template('densenet-bc-100', { input: { height: 8, width: 8, channels: 1 } });
  const optimizer = OptimizerSettings.parse({ kind: 'adam' });
  const settings = { optimizer, learningRate: 0.002, batchSize: 32 };
  const { accuracy } = await learn(network, { ...settings, data: 'digits', epochs: 1 });
  expect(accuracy).toBeGreaterThan(0.9);
});

test('the padded U-Net tells shapes from the ground', async () => {
  const { meanIou, pixelAccuracy } = await learn(template('u-net-padded', { classes: { filters: 2 } }), { epochs: 2 });
  // Ground alone comes to less than a half.
  expect(meanIou).toBeGreaterThan(0.75);
  expect(pixelAccuracy).toBeGreaterThan(0.92);
});

test('the small residual tower finds a best move in nineteen positions of twenty, and their value', async () => {
  const reached = await learn(template('rl-tower-small'), { epochs: 8 });
  expect(reached['policy.accuracy']).toBeGreaterThan(0.95);
  expect(reached['value.rSquared']).toBeGreaterThan(0.7);
});

test('the mini GPT learns the letters and the words of a licence', async () => {
  const { perplexity, tokenAccuracy } = await learn(template('mini-gpt'), { epochs: 2 });
  // The frequencies of the characters alone come to a perplexity of 24.
  expect(perplexity).toBeLessThan(14);
  expect(tokenAccuracy).toBeGreaterThan(0.24);
});

test('the tiny ViT reads nine digits of ten', async () => {
  const { accuracy } = await learn(template('vit-tiny-shapes'), { data: 'digits', epochs: 6, batchSize: 16 });
  expect(accuracy).toBeGreaterThan(0.9);
});

test('a small network explains nine tenths of a function of ten numbers', async () => {
  const network = networkOf({
    numbers: { op: 'featureInput', parameters: { size: 10 } },
    dense1: { op: 'dense', parameters: { units: 64 } },
    relu1: { op: 'relu' },
    dense2: { op: 'dense', parameters: { units: 64 } },
    relu2: { op: 'relu' },
    dense3: { op: 'dense', parameters: { units: 1 } },
    output: { op: 'regressionOutput' },
  });
  const { rSquared, meanAbsoluteError } = await learn(network, { data: 'friedman', epochs: 40, learningRate: 0.003 });
  expect(rSquared).toBeGreaterThan(0.9);
  // The noise alone has a mean size of 0.16.
  expect(meanAbsoluteError).toBeLessThan(0.25);
});
