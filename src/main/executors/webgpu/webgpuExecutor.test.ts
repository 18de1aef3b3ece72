import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createInterpreter } from '../../../graph-engine/program/interpreter/createInterpreter.ts';
import type { CompiledProgram } from '../compiledProgram.ts';
import { describeExecutor } from '../testing/describeExecutor.ts';
import type { WebgpuExecutor } from './executorOn.ts';
import { largeCases } from './testing/largeShapes.ts';
import { hasSoftwareAdapter, useSoftwareAdapter } from './testing/softwareAdapter.ts';
import { openWebgpuExecutor } from './webgpuExecutor.ts';

// A graphics processor that the processor plays is slow where others use it as well.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const open = (): Promise<WebgpuExecutor> => {
  useSoftwareAdapter();
  return openWebgpuExecutor();
};

/** In single precision sums of thousands of terms are off by more than those of a few. */
const TOLERANCE = 3e-5;

if (hasSoftwareAdapter()) {
  describeExecutor('WebGPU', open);

  describe('WebGPU in shapes that fill tiles', () => {
    const program = { variables: [], entries: Object.fromEntries(largeCases.map(({ entry }) => [entry.name, entry])) };
    const interpreter = createInterpreter(program, { precision: 'float64' });
    let executor: WebgpuExecutor;
    let compiled: CompiledProgram;
    beforeAll(async () => {
      executor = await open();
      compiled = await executor.compile(program, { seed: 1, selfCheck: false });
    });
    afterAll(() => executor.dispose());

    test('an adapter that the processor plays is not taken for a graphics processor', () => {
      expect(executor.device?.kind).toBe('software');
      expect(executor.name).toMatch(/^WebGPU on .*swiftshader/i);
      expect(executor.gpu.largestTensor).toBeGreaterThan(100e6);
    });

    test.each(largeCases.map((one) => [one.title, one] as const))('%s', async (_, { entry, feeds }) => {
      const data = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, feed.data]));
      const found = await compiled.run(entry.name, data);
      const expected = interpreter.run(entry.name, feeds);
      for (const { name } of entry.outputs) {
        const [values, wanted] = [found[name] ?? [], expected[name]?.data ?? []];
        expect(values.length, name).toBe(wanted.length);
        let [size, worst] = [1, 0];
        wanted.forEach((value, i) => {
          size = Math.max(size, Math.abs(value));
          const distance = Math.abs(value - (values[i] ?? Number.NaN));
          worst = distance >= 0 ? Math.max(worst, distance) : Number.POSITIVE_INFINITY;
        });
        expect(worst / size, name).toBeLessThan(TOLERANCE);
      }
    });
  });
} else {
  test('WebGPU is not tested here: there is no Chromium with SwiftShader', () => {
    expect(hasSoftwareAdapter()).toBe(false);
  });
}
