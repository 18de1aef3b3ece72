import { afterAll, beforeAll, expect, test } from 'vitest';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { residualNetwork20 } from '../../graph-engine/testing/examples.ts';
import type { Executor } from './compiledProgram.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

async function trained(recompute: boolean) {
  const document = residualNetwork20();
  const lowered = lowerDocument({ ...document, training: { ...document.training, recompute } });
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  const compiled = await executor.compile(lowered.value.program, { seed: 1, selfCheck: false });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    const { loss } = await compiled.run('train', {
      'inputs/input': Float32Array.from({ length: 4 * 3072 }, (_, i) => Math.sin(i * 12.9898)),
      'targets/output': Int32Array.of(0, 1, 2, 3),
      learningRate: Float32Array.of(1e-4),
      seed: Int32Array.of(1, step),
    });
    losses.push(loss?.[0] ?? Number.NaN);
  }
  const statistics = lowered.value.program.variables.filter(({ role }) => role === 'statistic').map(({ name }) => name);
  const values = await compiled.readVariables(statistics);
  await compiled.dispose();
  return { losses, values };
}

test('forgetting activations changes neither losses nor running statistics', async () => {
  const [kept, forgotten] = [await trained(false), await trained(true)];
  // The same kernels on the same numbers; only sums over threads may be taken in another order.
  for (const [step, loss] of forgotten.losses.entries()) {
    expect(Math.abs(loss / (kept.losses[step] ?? 0) - 1), `step ${step}`).toBeLessThan(1e-5);
  }
  for (const [name, values] of Object.entries(kept.values)) {
    values.forEach((value, i) => {
      const other = forgotten.values[name]?.[i] ?? Number.NaN;
      expect(Math.abs(other - value), name).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
    });
  }
});
