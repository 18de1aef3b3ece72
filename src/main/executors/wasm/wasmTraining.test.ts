import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lowerDocument } from '../../../graph-engine/lower/lowerDocument.ts';
import { residualDigits } from '../../../graph-engine/testing/examples.ts';
import { createBuilder } from '../../../graph-engine/program/builder.ts';
import type { Program } from '../../../graph-engine/program/program.ts';
import { openEditor } from '../../../graph-engine/testing/openEditor.ts';
import { productRoot } from '../../files/productRoot.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import { imagesOfStep, residualNetwork20 } from '../testing/residualNetwork20.ts';
import { openWasmEngine } from './wasmExecutor.ts';

interface Golden {
  readonly seed: number;
  readonly batch: number;
  readonly runs: readonly { optimizer: 'momentum' | 'adam'; learningRate: number; losses: readonly number[] }[];
}

test('ResNet-20 loses what it loses in PyTorch', async () => {
  const engine = await openWasmEngine();
  const executor = createInterpretedExecutor(engine);
  const golden = JSON.parse(readFileSync(path.join(productRoot, 'tests/golden/resnet20.json'), 'utf8')) as Golden;
  const { optimizer, learningRate, losses } = golden.runs[0] ?? { optimizer: 'momentum', learningRate: 0, losses: [] };
  const { program, inputs, outputs } = residualNetwork20(optimizer);
  const [input, output] = [inputs[0], outputs[0]?.objective];
  if (input === undefined || output === undefined) throw new Error('ResNet-20 has one input and one output');
  const compiled = await executor.compile(program, { seed: golden.seed });
  // A few steps: the rest is told by `npm run verify:executors`.
  for (const [step, expected] of losses.slice(0, 3).entries()) {
    const { images, labels } = imagesOfStep(golden, step);
    const { loss } = await compiled.run('train', {
      [input.feed]: images,
      [output.targetFeed]: labels,
      learningRate: Float32Array.of(learningRate),
      seed: Int32Array.of(golden.seed, step),
    });
    expect(Math.abs((loss?.[0] ?? Number.NaN) / expected - 1), `step ${step}`).toBeLessThan(1e-3);
  }
  await executor.dispose();
}, 120_000);

test('hundreds of steps hold as many tensors as one, and the last batch of an epoch changes nothing', async () => {
  const engine = await openWasmEngine();
  const executor = createInterpretedExecutor(engine);
  const { document } = openEditor(residualDigits()).set('conv1', 'filters', 2).set('conv2', 'filters', 2);
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  const before = engine.liveTensors();
  const compiled = await executor.compile(lowered.value.program, { seed: 1, selfCheck: false });
  const step = (number: number, batch: number) =>
    compiled.run('train', {
      'inputs/input': Float32Array.from({ length: batch * 64 }, (_, i) => Math.sin(i + number)),
      'targets/output': Int32Array.from({ length: batch }, (_, i) => i % 10),
      learningRate: Float32Array.of(0.01),
      seed: Int32Array.of(1, number),
    });
  await step(0, 4);
  const live = engine.liveTensors();
  for (let number = 1; number < 400; number++) await step(number, number % 10 === 9 ? 3 : 4);
  await compiled.readVariables();
  expect(engine.liveTensors()).toBe(live);
  await compiled.dispose();
  expect(engine.liveTensors()).toBe(before);
  await executor.dispose();
}, 120_000);

test('an error names the node, and the program is dead afterwards', async () => {
  const executor = createInterpretedExecutor(await openWasmEngine());
  const lowered = lowerDocument(residualDigits());
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  const compiled = await executor.compile(lowered.value.program, { seed: 1, selfCheck: false });
  const feeds = {
    'inputs/input': new Float32Array(64),
    // There are ten classes.
    'targets/output': Int32Array.of(10),
    learningRate: Float32Array.of(0.01),
    seed: Int32Array.of(1, 1),
  };
  await expect(compiled.run('train', feeds)).rejects.toMatchObject({ name: 'EngineError', origin: 'output' });
  await expect(compiled.run('train', { ...feeds, 'targets/output': Int32Array.of(1) })).rejects.toThrow('failed');
  await executor.dispose();
});

test('what does not fit into its memory is told as that, and harms no other program', async () => {
  const executor = createInterpretedExecutor(await openWasmEngine());
  const program = (size: number): Program => {
    const b = createBuilder('spread');
    b.output('sum', b.reduceSum(b.broadcastTo(b.input('x', [], 'float32'), [size, size]), [0, 1]));
    return { variables: [], entries: { spread: b.entry() } };
  };
  // Four gigabytes, which 32 bits count as none.
  const large = await executor.compile(program(2 ** 15), { seed: 1, selfCheck: false });
  await expect(large.run('spread', { x: Float32Array.of(1) })).rejects.toMatchObject({
    problem: { code: 'engine/out-of-memory' },
  });
  const small = await executor.compile(program(2 ** 5), { seed: 1, selfCheck: false });
  expect(await small.run('spread', { x: Float32Array.of(1) })).toEqual({ sum: Float32Array.of(1024) });
  await executor.dispose();
});
