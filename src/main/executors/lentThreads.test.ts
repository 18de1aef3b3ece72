import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradients } from '../../graph-engine/program/autodiff.ts';
import { createBuilder } from '../../graph-engine/program/builder.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { normal } from '../../graph-engine/random/distributions.ts';
import { createWordStream } from '../../graph-engine/random/philox.ts';
import { loadKernels } from '../engines/loadKernels.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';
import type { Executor, TensorData } from './compiledProgram.ts';
import { convolvesMostly } from './convolvesMostly.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';

let lent: Executor;
let own: Executor;
beforeAll(async () => {
  lent = await openTensorflowExecutor();
  own = await openTensorflowExecutor({ ownKernels: [] });
});
afterAll(async () => {
  await lent.dispose();
  await own.dispose();
});

const [BATCH, SIZE, CHANNELS] = [4, 24, 16];
const strided = { strides: [2, 2], padding: 'same' } as const;

/** Convolutions with elementwise work between them, and all gradients: with strides, a single position, and channels that fill no lane. */
function convolutions(): Program {
  const b = createBuilder('step');
  const x = b.input('x', [-1, SIZE, SIZE, CHANNELS], 'float32');
  const kernels = [
    b.input('first', [3, 3, CHANNELS, 40], 'float32'),
    b.input('second', [3, 3, 40, 7], 'float32'),
    b.input('third', [1, 1, 7, CHANNELS], 'float32'),
  ] as const;
  const y = kernels.reduce((value, kernel) => b.relu(b.conv2d(value, kernel, strided)), x);
  const loss = b.reduceSum(b.multiply(y, y), [0, 1, 2, 3]);
  b.output('y', y);
  gradients(b, loss, [x, ...kernels]).forEach((gradient, i) => gradient !== undefined && b.output(`${i}`, gradient));
  return { variables: [], entries: { step: b.entry() } };
}

const feedsOf = (scale: number): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries({
      x: BATCH * SIZE * SIZE * CHANNELS,
      first: 9 * CHANNELS * 40,
      second: 9 * 40 * 7,
      third: 7 * CHANNELS,
    }).map(([name, length], stream) => {
      const numbers = new Float32Array(length);
      normal(createWordStream([5, stream], 0, 0), scale, numbers);
      return [name, numbers];
    }),
  );

async function runOn(
  executor: Executor,
  scale: number,
  times: number,
): Promise<Readonly<Record<string, TensorData>>[]> {
  const compiled = await executor.compile(convolutions(), { seed: 1, selfCheck: false });
  try {
    const results: Readonly<Record<string, TensorData>>[] = [];
    for (let i = 0; i < times; i++) results.push(await compiled.run('step', feedsOf(scale)));
    return results;
  } finally {
    await compiled.dispose();
  }
}

test('the engine of this machine lends its threads to convolutions', async () => {
  const located = await locateTensorflowEngine();
  if (!located.ok) throw new Error(located.problem.message);
  expect([...loadKernels(located.value.addonPath)]).toContain('threads');
  expect(convolvesMostly(convolutions())).toBe(true);
});

test('which threads compute a convolution does not show in a single bit', async () => {
  const [expected] = await runOn(own, 1, 1);
  for (const found of await runOn(lent, 1, 4)) expect(found).toEqual(expected);
});

test('numbers too small to be normal are zero wherever they are computed, and not in the program around', async () => {
  const [expected] = await runOn(own, 3e-14, 1);
  const [found] = await runOn(lent, 3e-14, 1);
  expect(found).toEqual(expected);
  // The product of three kernels and an image is below the smallest normal number of 32 bits.
  expect(found?.['y']?.every((value) => value === 0)).toBe(true);
  const tiny = Number(`${Number.MIN_VALUE}`);
  expect(tiny * 1.5).toBeGreaterThan(0);
});
