import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TrainingSettings } from '../src/graph-engine/document/trainingSettings.ts';
import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import { loadTfjsNode } from '../src/main/engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../src/main/engines/locateTensorflowEngine.ts';
import { openTensorflowExecutor } from '../src/main/executors/tensorflowExecutor.ts';
import { createMetricsWriter } from '../src/main/runs/metricsFile.ts';
import { createCheckpointWriter } from '../src/main/training/checkpointWriter.ts';
import { evaluateNetwork } from '../src/main/training/evaluateNetwork.ts';
import { openBatches } from '../src/main/training/prefetchedBatches.ts';
import { prepareData } from '../src/main/training/prepareData.ts';
import { trainNetwork } from '../src/main/training/trainingLoop.ts';
import { createTrainingParts } from '../src/main/training/trainingParts.ts';
import { STARTING_POSITION } from '../src/main/training/trainingPosition.ts';
import { openNetwork } from './benchNetwork.ts';

/*
 * The real training loop with a clock in the binding: `node loopPeer.js '{"network":"resnet-20","batch":32,"steps":60}'` prints
 * one line of JSON. Everything of a step but the native call counts as the host's.
 */

interface Work {
  readonly network: string;
  readonly data: string;
  readonly batch: number;
  readonly steps: number;
}

interface Binding {
  runSavedModel(...given: readonly unknown[]): unknown;
}

const work = JSON.parse(process.argv[2] ?? '{}') as Work;
const executor = await openTensorflowExecutor();
const located = await locateTensorflowEngine();
if (!located.ok) throw new Error(located.problem.message);
// Loaded already: this is the same module.
const binding = loadTfjsNode(located.value.addonPath).backend() as unknown as Binding;
let native = 0;
const { runSavedModel } = binding;
binding.runSavedModel = (...given) => {
  const started = performance.now();
  try {
    return runSavedModel.apply(binding, [...given]);
  } finally {
    native += performance.now() - started;
  }
};

const template = openNetwork(work.network, undefined);
const settings = TrainingSettings.parse({
  ...template.training,
  data: work.data,
  batchSize: work.batch,
  epochs: 100_000,
  learningRate: 1e-4,
});
const lowering = lowerDocument({ ...template, training: settings });
if (!lowering.ok) throw new Error(JSON.stringify(lowering.error));
const lowered = lowering.value;
const data = await prepareData(lowered, settings);
const compiled = await executor.compile(lowered.program, { seed: 1, selfCheck: false });
const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-bench-'));
const metrics = createMetricsWriter(folder);
const batches = openBatches(data, settings);
const checkpoints = createCheckpointWriter(path.join(folder, 'checkpoints'), lowered.program, compiled, () =>
  metrics.flushed(),
);

/** Milliseconds of each step: all of it, and the native call. An evaluation between two steps is neither. */
const total: number[] = [];
const within: number[] = [];
const memory: number[] = [];
const stalls: number[] = [];
let began = performance.now();
native = 0;
const clock = {
  name: 'clock',
  afterStep(): void {
    total.push(performance.now() - began);
    within.push(native);
    if (total.length % Math.max(1, Math.floor(work.steps / 50)) === 0) memory.push(process.memoryUsage.rss());
    began = performance.now();
    native = 0;
  },
};

await trainNetwork({
  lowered,
  compiled,
  batches: {
    ...batches,
    async *training(place) {
      began = performance.now();
      native = 0;
      yield* batches.training(place);
    },
  },
  settings,
  from: STARTING_POSITION,
  parts: [...createTrainingParts({ lowered, settings, notice: () => undefined }), clock],
  checkpoints: {
    ...checkpoints,
    async save(position, names) {
      const started = performance.now();
      await checkpoints.save(position, names);
      stalls.push(performance.now() - started);
    },
  },
  report: (entry) => metrics.append(entry),
  wish: () => (total.length < work.steps ? 'go-on' : 'leave'),
});

const evaluated = performance.now();
await evaluateNetwork(lowered, compiled, batches.validation());
const evaluation = data.split.validation.length / (performance.now() - evaluated);

await checkpoints.dispose();
await batches.dispose();
await compiled.dispose();
await rm(folder, { recursive: true });
// A long line goes out in pieces: the process ends when all have gone.
const report = JSON.stringify({ total, within, memory, stalls, evaluation, variables: sizeOfVariables() });
process.stdout.write(`${report}\n`, () => process.exit(0));

function sizeOfVariables(): number {
  return lowered.program.variables.reduce((sum, { dims }) => sum + 4 * dims.reduce((all, size) => all * size, 1), 0);
}
