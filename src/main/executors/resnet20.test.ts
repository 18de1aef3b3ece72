import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { OptimizerSettings } from '../../graph-engine/program/optimizers/settings.ts';
import { normal } from '../../graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../graph-engine/random/philox.ts';
import { productRoot } from '../files/productRoot.ts';
import type { Executor } from './compiledProgram.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';

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

const PIXELS = 32 * 32 * 3;

/** Normal pixels whose mean follows the class, as in the script. */
function batch(step: number): { images: Float32Array; labels: Int32Array } {
  const labels = Int32Array.from({ length: golden.batch }, (_, i) => (i * 7 + step) % 10);
  const images = new Float32Array(golden.batch * PIXELS);
  normal(createWordStream([golden.seed, step], 0, domains.data), 1, images);
  for (let i = 0; i < images.length; i++) {
    const mean = Math.fround(Math.fround((labels[Math.floor(i / PIXELS)] ?? 0) / 10) - 0.5);
    images[i] = (images[i] ?? 0) + mean;
  }
  return { images, labels };
}

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

function resnet20(optimizer: 'momentum' | 'adam') {
  const loaded = loadDocument(readFileSync(path.join(productRoot, 'templates/networks/resnet-20.json'), 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const settings = OptimizerSettings.parse({ kind: optimizer, weightDecay: optimizer === 'momentum' ? 1e-4 : 0 });
  const lowered = lowerDocument({ ...loaded.value, training: { ...loaded.value.training, optimizer: settings } });
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  return lowered.value;
}

test.each(golden.runs)(
  'ResNet-20 with $optimizer at $learningRate loses what it loses in PyTorch',
  async ({ optimizer, learningRate, losses, strays }) => {
    const lowered = resnet20(optimizer);
    const [input, output] = [lowered.inputs[0], lowered.outputs[0]?.objective];
    if (input === undefined || output === undefined) throw new Error('ResNet-20 has one input and one output');
    const compiled = await executor.compile(lowered.program, { seed: golden.seed });
    const kernel = (await compiled.readVariables(['conv.kernel']))['conv.kernel'] ?? [];
    golden.firstKernel.forEach((value, i) => expect(kernel[i]).toBeCloseTo(value, 6));

    let allowed = 1e-3;
    for (const [step, expected] of losses.entries()) {
      const { images, labels } = batch(step);
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
