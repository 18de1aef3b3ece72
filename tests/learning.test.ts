import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EpochMetrics } from '../src/contract/run.ts';
import type { SkipwireDocument } from '../src/graph-engine/document/schema.ts';
import type { TrainingSettings } from '../src/graph-engine/document/trainingSettings.ts';
import type { Executor } from '../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../src/main/executors/tensorflowExecutor.ts';
import { trainDocument } from '../src/main/training/engineTasks.ts';
import { networkTemplate } from './support/networks.ts';

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-learning-'));
});
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true });
});

/** Trains a network of the library, and returns what it reached on samples it has not seen. */
async function learn(
  name: string,
  training: Partial<TrainingSettings>,
  change: (document: SkipwireDocument) => SkipwireDocument = (document) => document,
): Promise<Readonly<Record<string, number>>> {
  const document = change(networkTemplate(`${name}.json`));
  const settings = { ...document.training, schedule: { kind: 'constant' } as const, ...training };
  let last: EpochMetrics | undefined;
  await trainDocument(
    executor,
    { kind: 'train', document: { ...document, training: settings }, folder: path.join(folder, name) },
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

test('ResNet-20 tells ten shapes apart', { timeout: 120_000 }, async () => {
  const { accuracy } = await learn('resnet-20', { epochs: 3 });
  expect(accuracy).toBeGreaterThan(0.8);
});
