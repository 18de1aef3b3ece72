import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { OptimizerSettings } from '../../src/graph-engine/program/optimizers/settings.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { lowered } from '../support/networks.ts';
import {
  oracleFeeds,
  oracleIntegers,
  oracleWeights,
  reducedTemplate,
  ReducedNetwork,
} from '../support/oracleNetworks.ts';

/**
 * What tests/oracles/training.py writes: PyTorch's losses in double precision over some steps. Its batches leave no unit within 1.5e-5 of
 * the edge of a ReLU, where float32 is up to 4e-6 off: which way one on the edge falls is up to the last digit, and worth 1e-4 of a loss
 * some steps later, in PyTorch's float32 too.
 */
const OracleTraining = ReducedNetwork.extend({
  targets: z.object({ dims: z.array(z.int()), classes: z.int() }),
  runs: z.array(
    z.object({
      optimizer: OptimizerSettings,
      learningRate: z.number(),
      /** What the batches of the steps are made of. */
      batches: z.array(z.string()),
      losses: z.array(z.number()),
      /** How far PyTorch's own float32 was off. */
      strays: z.array(z.number()),
    }),
  ),
});

const folder = path.join(import.meta.dirname, '../golden/training');
const runs = readdirSync(folder).flatMap((file) => {
  const golden = OracleTraining.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
  return golden.runs.map((run) => ({ ...golden, ...run, name: path.basename(file, '.json') }));
});

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

test.each(runs.map((run) => [`${run.name} with ${run.optimizer.kind}`, run] as const))(
  '%s loses what it loses in PyTorch',
  async (_, { name, optimizer, learningRate, batches, losses, strays, ...network }) => {
    const document = reducedTemplate(name, network.inputs);
    const { program, outputs } = lowered({ ...document, training: { ...document.training, optimizer } });
    const target = outputs[0]?.objective?.targetFeed ?? '';
    const compiled = await executor.compile(program, { seed: 1, selfCheck: false });
    await compiled.writeVariables(oracleWeights(program, network.gain));
    let allowed = 2e-6;
    for (const [step, expected] of losses.entries()) {
      const { dims, classes } = network.targets;
      const batch = batches[step] ?? '';
      const { loss } = await compiled.run('train', {
        ...oracleFeeds(network, batch),
        [target]: oracleIntegers(`targets of ${batch}`, [network.batch, ...dims], classes),
        learningRate: Float32Array.of(learningRate),
        seed: Int32Array.of(1, step),
      });
      // Rounding errors grow from step to step in PyTorch too: no engine can be nearer than float32 is.
      allowed = Math.max(allowed, 4 * (strays[step] ?? 0));
      const error = Math.abs((loss?.[0] ?? NaN) / expected - 1);
      expect(error, `step ${step}: ${loss?.[0]} for ${expected}`).toBeLessThan(allowed);
    }
    // The network has moved, so agreement means something.
    expect(Math.abs((losses.at(-1) ?? 0) / (losses[0] ?? 0) - 1)).toBeGreaterThan(1e-3);
    await compiled.dispose();
  },
  60_000,
);
