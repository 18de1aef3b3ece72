import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { columnKey } from '../../graph-engine/statistics/columns.ts';
import { finishStatistics } from '../../graph-engine/statistics/finishStatistics.ts';
import { productRoot } from '../files/productRoot.ts';
import type { Executor } from './compiledProgram.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';
import { imagesOfStep, residualNetwork20 } from './testing/residualNetwork20.ts';

/** What tests/oracles/statistics.py wrote: what PyTorch's hooks saw of the last step, in double precision. */
const golden = z
  .object({
    seed: z.number(),
    batch: z.number(),
    runs: z.array(
      z.object({
        optimizer: z.enum(['momentum', 'adam']),
        learningRate: z.number(),
        /** The numbers of the batches, one a step. They leave no unit within 1.5e-5 of the edge of a ReLU, where float32 would decide. */
        batches: z.array(z.number()),
        statistics: z.record(z.string(), z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(path.join(productRoot, 'tests/golden/statistics.json'), 'utf8')));

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

/** Takes the golden steps; the last hands out its statistics where there are any. */
async function train({ optimizer, learningRate, batches }: (typeof golden.runs)[number], statistics: boolean) {
  const { program, inputs, outputs, statistics: handedOut } = residualNetwork20(optimizer, { statistics });
  const [input, output] = [inputs[0], outputs[0]?.objective];
  if (input === undefined || output === undefined) throw new Error('ResNet-20 has one input and one output');
  const compiled = await executor.compile(program, { seed: golden.seed, selfCheck: false });
  let results: Awaited<ReturnType<typeof compiled.run>> = {};
  for (const [step, batch] of batches.entries()) {
    const { images, labels } = imagesOfStep(golden, batch);
    const feeds = {
      [input.feed]: images,
      [output.targetFeed]: labels,
      learningRate: Float32Array.of(learningRate),
      seed: Int32Array.of(golden.seed, step),
    };
    results = await compiled.run('train', feeds, ['loss', ...(handedOut?.fetches ?? [])]);
  }
  const variables = await compiled.readVariables();
  await compiled.dispose();
  return { results, variables, handedOut };
}

test.each(golden.runs)(
  'the nodes of ResNet-20 with $optimizer are as PyTorch sees them',
  async (run) => {
    const { results, handedOut } = await train(run, true);
    if (handedOut === undefined) throw new Error('Statistics were wished');
    const values = finishStatistics(handedOut, results, golden.batch);
    const found = new Map(handedOut.columns.map((column, i) => [columnKey(column), values[i] ?? Number.NaN]));
    const compared = { figures: 0, far: [] as string[] };
    for (const [key, expected] of Object.entries(run.statistics)) {
      const value = found.get(key);
      compared.figures += 1;
      // Float32 against double after a step. A mean is a difference of larger numbers, and so is the update of a scale, which is near to 1.
      const slack = / (mean|dead)/.test(key) ? 1e-4 : 0;
      const share = key.endsWith('update') ? 3e-4 : 1e-5;
      if (!(Math.abs((value ?? Number.NaN) - expected) <= share * Math.abs(expected) + slack)) {
        compared.far.push(`${key}: ${value} for ${expected}`);
      }
    }
    expect(compared.far).toEqual([]);
    expect(compared.figures).toBeGreaterThan(300);
  },
  60_000,
);

test('what is asked for besides changes neither loss nor weights, bit for bit', async () => {
  const [run] = golden.runs;
  if (run === undefined) throw new Error('There is a run');
  const [asked, unasked] = [await train(run, true), await train(run, false)];
  expect(asked.results['loss']).toEqual(unasked.results['loss']);
  expect(Object.keys(asked.variables)).toEqual(Object.keys(unasked.variables));
  for (const [name, values] of Object.entries(asked.variables)) {
    expect(
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).equals(
        Buffer.from(
          unasked.variables[name]?.buffer ?? new ArrayBuffer(),
          unasked.variables[name]?.byteOffset,
          unasked.variables[name]?.byteLength,
        ),
      ),
      name,
    ).toBe(true);
  }
}, 60_000);
