import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Metrics } from '../../contract/run.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { lowerDocument, type LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { openEditor } from '../../graph-engine/testing/openEditor.ts';
import type { CompiledProgram, Executor } from '../executors/compiledProgram.ts';
import { acrossPort, type Crossings } from '../executors/testing/acrossPort.ts';
import { withQueue } from '../executors/testing/withQueue.ts';
import { openWasmExecutor } from '../executors/wasm/wasmExecutor.ts';
import type { Batch, BatchSource } from './batches.ts';
import type { TrainingPart } from './trainingPart.ts';
import { trainNetwork, type TrainingOrder } from './trainingLoop.ts';
import type { TrainingPosition } from './trainingPosition.ts';

// The fastest of several workers on a busy machine may still be slow.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const SAMPLES = 120;
const FEATURES = 4;

let executor: Executor;
beforeAll(async () => {
  executor = await openWasmExecutor();
});
afterAll(() => executor.dispose());

function network(settings: Partial<TrainingSettings>): { lowered: LoweredDocument; settings: TrainingSettings } {
  const editor = openEditor();
  editor.add('input', { height: 1, width: 1, channels: FEATURES }, 'input');
  editor.add('flatten', {}, 'flat');
  editor.add('dense', { units: 3 }, 'scores');
  editor.add('classificationOutput', {}, 'output');
  editor.wire('input', 'flat').wire('flat', 'scores').wire('scores', 'output');
  const training = TrainingSettings.parse({ data: 'digits', epochs: 2, batchSize: 8, ...settings });
  const lowered = lowerDocument({ ...editor.document, training });
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  return { lowered: lowered.value, settings: training };
}

/** Batches in one array that is used again for each, as those of data sets are. `spoil` is the number of a sample that is no number. */
function batchesOf({ inputs, outputs }: LoweredDocument, batchSize: number, spoil?: number): BatchSource {
  const [input, target] = [inputs[0]?.feed ?? '', outputs[0]?.objective?.targetFeed ?? ''];
  const room = { x: new Float32Array(batchSize * FEATURES), y: new Int32Array(batchSize) };
  function* from(start: number): Generator<Batch> {
    for (let begin = start; begin < SAMPLES; begin += batchSize) {
      const size = Math.min(batchSize, SAMPLES - begin);
      for (let i = 0; i < size * FEATURES; i++) room.x[i] = Math.sin(begin * FEATURES + i);
      for (let i = 0; i < size; i++) room.y[i] = (begin + i) % 3;
      if (spoil !== undefined && spoil >= begin && spoil < begin + size) room.x[0] = Number.NaN;
      yield { feeds: { [input]: room.x.subarray(0, size * FEATURES), [target]: room.y.subarray(0, size) }, size };
      room.x.fill(Number.NaN);
    }
  }
  return {
    samples: SAMPLES,
    async *training({ offset }) {
      yield* from(offset);
    },
    async *validation() {
      yield* from(SAMPLES - 2 * batchSize);
    },
  };
}

interface Course {
  readonly steps: readonly { step: number; loss: number }[];
  readonly metrics: readonly Metrics[];
  readonly saved: readonly TrainingPosition[];
  readonly weights: readonly number[];
}

interface Choice {
  readonly settings?: Partial<TrainingSettings>;
  readonly spoil?: number;
  readonly from?: TrainingPosition;
  readonly wish?: (step: number) => ReturnType<TrainingOrder['wish']>;
  readonly wrap: (compiled: CompiledProgram) => CompiledProgram | Promise<CompiledProgram>;
}

async function train({ settings: changes = {}, spoil, from, wish = () => 'go-on', wrap }: Choice): Promise<Course> {
  const { lowered, settings } = network(changes);
  const compiled = await executor.compile(lowered.program, { seed: 1, selfCheck: false });
  const metrics: Metrics[] = [];
  const saved: TrainingPosition[] = [];
  const steps: { step: number; loss: number }[] = [];
  let asked = 0;
  const watcher: TrainingPart = {
    name: 'watcher',
    afterStep({ step, results }) {
      steps.push({ step, loss: results['loss']?.[0] ?? Number.NaN });
    },
  };
  try {
    await trainNetwork({
      ...{ lowered, settings, parts: [watcher], batches: batchesOf(lowered, settings.batchSize, spoil) },
      compiled: await wrap(compiled),
      ...(from !== undefined && { from }),
      checkpoints: {
        save: async (position) => void saved.push(position),
        settled: async () => undefined,
        dispose: async () => undefined,
      },
      report: (entry) => void metrics.push(entry),
      // Asked once for the epoch and once for each batch.
      wish: () => wish(asked++),
    });
    const weights = Object.values(await compiled.readVariables()).flatMap((values) => Array.from(values));
    return { steps, metrics, saved, weights };
  } finally {
    await compiled.dispose();
  }
}

const plain = (compiled: CompiledProgram): CompiledProgram => compiled;

test.each([
  ['one after another', {}],
  ['with averaged weights', { averaging: { kind: 'ema', decay: 0.9 } }],
  ['of gathered gradients', { accumulate: 2 }],
] as const)('steps that run ahead are the same steps: %s', async (_, settings) => {
  let seen = { most: 0, settled: 0 };
  const ahead = await train({
    settings: settings,
    wrap(compiled) {
      const made = withQueue(compiled);
      seen = made.seen;
      return made.queued;
    },
  });
  const waited = await train({ settings: settings, wrap: plain });
  expect(ahead.steps).toEqual(waited.steps);
  expect(ahead.weights).toEqual(waited.weights);
  const figures = ({ metrics }: Course) =>
    metrics.flatMap((one) => (one.kind === 'epoch' ? [[one.step, one.trainLoss, one.validationLoss]] : []));
  expect(figures(ahead)).toEqual(figures(waited));
  expect(ahead.metrics.filter(({ kind }) => kind === 'step').at(-1)).toMatchObject({ step: waited.steps.length });
  expect(seen.most).toBeLessThanOrEqual(32);
  // Gathered gradients are waited for.
  expect(seen.most > 1).toBe(!('accumulate' in settings));
});

test.each([
  ['one after another', {}],
  ['with averaged weights', { averaging: { kind: 'ema', decay: 0.9 } }],
] as const)('steps that run ahead at the other end of a port are the same steps: %s', async (_, settings) => {
  let crossed: Crossings = { requests: 0, answers: 0 };
  const through =
    (choose: (compiled: CompiledProgram) => CompiledProgram): Choice['wrap'] =>
    async (compiled) => {
      const made = await acrossPort(choose(compiled));
      crossed = made.crossed;
      return made.compiled;
    };
  const changes = { ...settings, epochs: 1 };
  const ahead = await train({ settings: changes, wrap: through((compiled) => withQueue(compiled).queued) });
  const fewer = crossed.answers;
  const waited = await train({ settings: changes, wrap: through(plain) });
  expect(ahead.steps).toEqual(waited.steps);
  expect(ahead.weights).toEqual(waited.weights);
  expect(crossed.answers).toBeGreaterThanOrEqual(waited.steps.length);
  // As many on a machine so slow that every step is reported.
  expect(fewer).toBeLessThanOrEqual(crossed.answers);
});

test('a loss that is no number is told with its own step, however far the device was ahead', async () => {
  const spoiled = { spoil: 59, settings: { learningRate: 0.03, epochs: 1 } };
  const failureOf = (wrap: Choice['wrap']) => train({ ...spoiled, wrap }).catch((error: unknown) => error);
  const failure = await failureOf((compiled) => withQueue(compiled).queued);
  expect(failure).toMatchObject({ problem: { code: 'training/diverged' } });
  expect(failure).toMatchObject({ message: expect.stringContaining('at step 8 (step 8 of epoch 1)') as string });
  expect(failure).toEqual(await failureOf(plain));
});

test('a step that fails ends the training with what failed first, after the steps before it were heard of', async () => {
  const heard: number[] = [];
  const failing = async (choose: Choice['wrap']): Promise<unknown> => {
    let calls = 0;
    return train({
      settings: { epochs: 1 },
      wrap: (compiled) =>
        choose({
          ...compiled,
          run(entry, feeds, fetches) {
            if (entry === 'train' && ++calls >= 6) return Promise.reject(new Error(`call ${calls} failed`));
            heard.push(calls);
            return compiled.run(entry, feeds, fetches);
          },
        }),
    }).catch((error: unknown) => error);
  };
  expect(await failing((compiled) => withQueue(compiled).queued)).toEqual(new Error('call 6 failed'));
  expect(await failing(plain)).toEqual(new Error('call 6 failed'));
});

test('a training that is left goes on with the very next batch, though steps were ahead of what was known', async () => {
  const queued: Choice['wrap'] = (compiled) => withQueue(compiled).queued;
  const whole = await train({ settings: { epochs: 1 }, wrap: plain });
  const left = await train({
    settings: { epochs: 1 },
    wrap: queued,
    wish: (asked) => (asked >= 8 ? 'leave' : 'go-on'),
  });
  const position = left.saved.at(-1);
  expect(position).toMatchObject({ step: 7, epoch: 0, offset: 56 });
  expect(left.steps).toEqual(whole.steps.slice(0, 7));
  expect(position?.tallies.epoch.samples).toBe(56);
});

test('a training that is stopped is measured after its last step', async () => {
  const stopped = await train({
    settings: { epochs: 1 },
    wrap: (compiled) => withQueue(compiled).queued,
    wish: (asked) => (asked >= 6 ? 'stop' : 'go-on'),
  });
  expect(stopped.steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
  expect(stopped.metrics.at(-1)).toMatchObject({ kind: 'epoch', step: 5, epoch: 40 / SAMPLES });
  expect(stopped.saved).toMatchObject([{ step: 5, offset: 40 }]);
});

test('slow steps are not sent far ahead, so that a wish is soon heard', async () => {
  let most = 0;
  await train({
    settings: { epochs: 1, batchSize: 60 },
    wrap(compiled) {
      const { queued, seen } = withQueue({
        ...compiled,
        async run(entry, feeds, fetches) {
          const results = await compiled.run(entry, feeds, fetches);
          if (entry === 'train') await new Promise((resolve) => setTimeout(resolve, 600));
          most = Math.max(most, seen.most);
          return results;
        },
      });
      return queued;
    },
  });
  expect(most).toBe(1);
});
