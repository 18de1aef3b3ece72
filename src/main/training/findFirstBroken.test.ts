import { afterAll, beforeAll, expect, test } from 'vitest';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { createInterpreter } from '../../graph-engine/program/interpreter/createInterpreter.ts';
import { markFinite } from '../../graph-engine/program/passes/markFinite.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import { residualDigits } from '../../graph-engine/testing/examples.ts';
import type { Executor, TensorData } from '../executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../executors/tensorflowExecutor.ts';
import { batchSource } from './batches.ts';
import { findFirstBroken, type Replay } from './findFirstBroken.ts';
import { prepareData } from './prepareData.ts';

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

const document = residualDigits();
const settings = {
  ...document.training,
  optimizer: { kind: 'sgd' as const, weightDecay: 0 },
  batchSize: 64,
  epochs: 2,
};

function lowered() {
  const result = lowerDocument({ ...document, training: settings });
  if (!result.ok) throw new Error(result.error[0]?.message);
  return result.value;
}

function initial(program: Program): Record<string, TensorData> {
  return Object.fromEntries(program.variables.map((variable) => [variable.name, initialize(variable, 5)]));
}

async function replay(
  changes: Partial<Replay> & { readonly poison?: Readonly<Record<string, number>> },
): Promise<Replay> {
  const { program } = lowered();
  const variables = initial(program);
  for (const [name, factor] of Object.entries(changes.poison ?? {})) {
    variables[name] = Float32Array.from(variables[name] ?? [], (value) => value * factor);
  }
  const batches = batchSource(await prepareData(lowered(), settings), settings);
  const from = { step: 0, epoch: 0, offset: 0, variables };
  return {
    executor,
    program,
    settings,
    batches,
    from,
    failed: 0,
    learningRate: settings.learningRate,
    stepsPerEpoch: 23,
    ...changes,
  };
}

test('the first value that overflows is found where the interpreter finds it', async () => {
  const order = await replay({ poison: { 'conv2.kernel': 1e30 } });
  const found = await findFirstBroken(order);
  expect(found).toMatchObject({ step: 0, pass: 'forward', path: 'bn2' });

  const { train } = order.program.entries;
  if (train === undefined) throw new Error('The network learns');
  const marked = markFinite(train);
  const interpreter = createInterpreter({ ...order.program, entries: { train: marked.entry } });
  for (const [name, data] of Object.entries(order.from.variables)) interpreter.write(name, data);
  const marks = interpreter.run('train', {
    'inputs/input': { dims: [2, 8, 8, 1], data: Float64Array.from({ length: 128 }, (_, i) => Math.sin(i)) },
    'targets/output': { dims: [2], data: Float64Array.of(0, 1) },
    learningRate: { dims: [], data: Float64Array.of(0.01) },
    seed: { dims: [2], data: Float64Array.of(1, 0) },
  })[marked.fetch]?.data;
  const first = [...(marks ?? [])].findIndex((mark) => !Number.isFinite(mark));
  expect(marked.marks[first]).toMatchObject({ origin: 'bn2', primitive: found?.primitive });
});

test('the step and the node where it began are named, not the step that was told of', async () => {
  const found = await findFirstBroken(await replay({ failed: 4, learningRate: 1e38 }));
  // The first step makes weights that are huge and finite; what they make of the next batch is not.
  expect(found).toMatchObject({ step: 1, pass: 'forward' });
  expect(found?.path).not.toBe('');
});

test('a training that goes well has no broken value', async () => {
  expect(await findFirstBroken(await replay({ failed: 2 }))).toBeUndefined();
});

test('what overflows on the way back only is named as such', async () => {
  // Small activations keep the logits finite, but not the gradients that the huge weights make of the loss.
  const poison = { 'conv1.kernel': 1e-6, 'conv2.kernel': 1e-6, 'dense.kernel': 8e38 };
  const found = await findFirstBroken(await replay({ poison }));
  expect(found).toMatchObject({ step: 0, pass: 'backward' });
});
