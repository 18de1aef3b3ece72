import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { createInterpreter } from '../../graph-engine/program/interpreter/createInterpreter.ts';
import { normal } from '../../graph-engine/random/distributions.ts';
import { createWordStream } from '../../graph-engine/random/philox.ts';
import { residualDigits } from '../../graph-engine/testing/examples.ts';
import { openEditor } from '../../graph-engine/testing/openEditor.ts';
import type { Executor } from './compiledProgram.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';

const BATCH = 8;
const STEPS = 20;

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

const labels = Int32Array.from({ length: BATCH }, (_, i) => i);
const pixels = new Float32Array(BATCH * 64);
normal(createWordStream([1, 0], 0, 9), 1, pixels);

/** Narrow, so that compiling compares it with the interpreter. */
function trainEntry(precision: TrainingSettings['precision']) {
  const { document } = openEditor(residualDigits()).set('conv1', 'filters', 8).set('conv2', 'filters', 8);
  const lowered = lowerDocument({ ...document, training: { ...document.training, precision } });
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  return lowered.value.program;
}

const feedsAt = (step: number) => ({
  'inputs/input': pixels,
  'targets/output': labels,
  learningRate: Float32Array.of(0.005),
  seed: Int32Array.of(1, step),
});

async function losses(precision: TrainingSettings['precision']): Promise<number[]> {
  const compiled = await executor.compile(trainEntry(precision), { seed: 1 });
  const found: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const { loss } = await compiled.run('train', feedsAt(step));
    found.push(loss?.[0] ?? Number.NaN);
  }
  await compiled.dispose();
  return found;
}

test.each(['bfloat16', 'float16'] as const)(
  'training in %s loses what float32 loses, to the digits it keeps',
  async (narrow) => {
    const [full, half] = [await losses('float32'), await losses(narrow)];
    expect(full.at(-1)).toBeLessThan(0.8 * (full[0] ?? 0));
    // The same weights, so the first losses differ by rounding alone: 2 ** -9 a value for bfloat16, evened out by sums.
    expect(Math.abs((half[0] ?? 0) / (full[0] ?? 0) - 1)).toBeLessThan(0.01);
    // Later steps start from weights that have taken slightly other ways.
    for (const [step, loss] of half.entries())
      expect(Math.abs(loss - (full[step] ?? 0)), `step ${step}`).toBeLessThan(0.1);
    expect(half).not.toEqual(full);
  },
);

test.each(['bfloat16', 'float16'] as const)('the interpreter rounds to %s as the engine does', async (narrow) => {
  const program = trainEntry(narrow);
  const compiled = await executor.compile(program, { seed: 1 });
  const interpreter = createInterpreter(program, { seed: 1 });
  const feeds = feedsAt(0);
  const { loss } = await compiled.run('train', feeds);
  const expected = interpreter.run('train', {
    'inputs/input': { dims: [BATCH, 8, 8, 1], data: pixels },
    'targets/output': { dims: [BATCH], data: labels },
    learningRate: { dims: [], data: feeds.learningRate },
    seed: { dims: [2], data: feeds.seed },
  });
  // A sum in another order may round the other way: a bit of eight, here and there.
  expect(Math.abs((loss?.[0] ?? 0) / (expected['loss']?.data[0] ?? 0) - 1)).toBeLessThan(0.005);
  await compiled.dispose();
});
