import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { productRoot } from '../files/productRoot.ts';
import type { Executor } from './compiledProgram.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';
import { imagesOfStep, residualNetwork20 } from './testing/residualNetwork20.ts';

/** What tests/oracles/resnet20.py wrote: PyTorch's losses in double precision. */
const golden = z
  .object({
    seed: z.number(),
    batch: z.number(),
    firstKernel: z.array(z.number()),
    runs: z.array(
      z.object({
        optimizer: z.enum(['momentum', 'adam']),
        learningRate: z.number(),
        losses: z.array(z.number()),
        /** How far PyTorch's own float32 was off. */
        strays: z.array(z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(path.join(productRoot, 'tests/golden/resnet20.json'), 'utf8')));

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

test.each(golden.runs)(
  'ResNet-20 with $optimizer at $learningRate loses what it loses in PyTorch',
  async ({ optimizer, learningRate, losses, strays }) => {
    const { program, inputs, outputs } = residualNetwork20(optimizer);
    const [input, output] = [inputs[0], outputs[0]?.objective];
    if (input === undefined || output === undefined) throw new Error('ResNet-20 has one input and one output');
    const compiled = await executor.compile(program, { seed: golden.seed });
    const kernel = (await compiled.readVariables(['conv.kernel']))['conv.kernel'] ?? [];
    golden.firstKernel.forEach((value, i) => expect(kernel[i]).toBeCloseTo(value, 6));

    let allowed = 1e-3;
    for (const [step, expected] of losses.entries()) {
      const { images, labels } = imagesOfStep(golden, step);
      const { loss } = await compiled.run('train', {
        [input.feed]: images,
        [output.targetFeed]: labels,
        learningRate: Float32Array.of(learningRate),
        seed: Int32Array.of(golden.seed, step),
      });
      // At large rates rounding errors grow from step to step in PyTorch too: no engine can be nearer than float32 is.
      allowed = Math.max(allowed, 4 * (strays[step] ?? 0));
      expect(
        Math.abs((loss?.[0] ?? Number.NaN) / expected - 1),
        `step ${step}: ${loss?.[0]} for ${expected}`,
      ).toBeLessThan(allowed);
    }
    await compiled.dispose();
  },
  60_000,
);

test('at gentle rates the agreement is a thousandth over all twenty steps', () => {
  const gentle = golden.runs.filter(({ strays }) => 4 * Math.max(...strays) <= 1e-3);
  expect(gentle.map(({ optimizer }) => optimizer).sort()).toEqual(['adam', 'momentum']);
  expect(gentle.every(({ losses }) => losses.length === 20)).toBe(true);
});
