import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createBuilder } from '../../../graph-engine/program/builder.ts';
import { createInterpreter } from '../../../graph-engine/program/interpreter/createInterpreter.ts';
import type { Entry } from '../../../graph-engine/program/program.ts';
import type { CompiledProgram } from '../compiledProgram.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import { describeExecutor } from '../testing/describeExecutor.ts';
import { loadDawn } from './dawn.ts';
import type { WebgpuExecutor } from './executorOn.ts';
import { largeCases } from './testing/largeShapes.ts';
import { hasSoftwareAdapter, useSoftwareAdapter } from './testing/softwareAdapter.ts';
import { cutOf } from './tiledProduct.ts';
import { openWebgpuExecutor } from './webgpuExecutor.ts';

// A graphics processor that the processor plays is slow where others use it as well.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const open = (): Promise<WebgpuExecutor> => {
  useSoftwareAdapter();
  return openWebgpuExecutor();
};

/** In single precision sums of thousands of terms are off by more than those of a few. */
const TOLERANCE = 3e-5;

/** So many tiles of 64 by 64 that smaller ones would not keep a device busier; the last of them are not full. */
const LARGE_PRODUCT = { rows: 1405, inner: 20, columns: 1402 };

function product(): Entry {
  const { rows, inner, columns } = LARGE_PRODUCT;
  const b = createBuilder('product');
  b.output(
    'product',
    b.matMul(b.input('left', [rows, inner], 'float32'), b.input('right', [inner, columns], 'float32')),
  );
  return b.entry();
}

const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));

if (hasSoftwareAdapter()) {
  describeExecutor('WebGPU', open);

  describe('WebGPU in shapes that fill tiles', () => {
    const program = {
      variables: [],
      entries: Object.fromEntries([...largeCases.map(({ entry }) => entry), product()].map((one) => [one.name, one])),
    };
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

    test('a product that takes the largest tiles, as summed up in double precision', async () => {
      const { rows, inner, columns } = LARGE_PRODUCT;
      const size = { rows, inner, columns, depth: 1, rowStride: columns, depthStride: rows * columns };
      expect(cutOf(size).tiling).toMatchObject({ rowEach: 8, columnEach: 8 });
      const [left, right] = [wave(rows * inner, 0.7), wave(inner * columns, 1.3)];
      const { product = [] } = await compiled.run('product', { left, right });
      let worst = 0;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += (left[row * inner + k] ?? 0) * (right[k * columns + column] ?? 0);
          const distance = Math.abs(sum - (product[row * columns + column] ?? Number.NaN));
          worst = distance >= 0 ? Math.max(worst, distance) : Number.POSITIVE_INFINITY;
        }
      }
      expect(product.length).toBe(rows * columns);
      // Sums of 20 terms of at most 1 each.
      expect(worst).toBeLessThan(1e-5);
    });

    test('more tiles and products than one dimension of a grid takes, as a graphics processor computes them', async () => {
      // TensorFlow.js's backend wants to find WebGPU when it is loaded.
      const gpu = await loadDawn();
      const { openWebgpuEngine } = await import('./webgpuEngine.ts');
      const engine = await openWebgpuEngine(gpu, { mostWorkgroups: 3, unrolled: true });
      const small = createInterpretedExecutor(engine);
      const b = createBuilder('many');
      b.output(
        'many',
        b.batchMatMul(b.input('left', [7, 130, 20], 'float32'), b.input('right', [7, 20, 5], 'float32')),
      );
      const many = { variables: [], entries: { many: b.entry() } };
      const [left, right] = [wave(7 * 130 * 20, 0.7), wave(7 * 20 * 5, 1.3)];
      const found = await (await small.compile(many, { seed: 1, selfCheck: false })).run('many', { left, right });
      const expected = createInterpreter(many, { precision: 'float64' }).run('many', {
        left: { dims: [7, 130, 20], data: left },
        right: { dims: [7, 20, 5], data: right },
      });
      const distances = Array.from(found['many'] ?? [], (value, i) =>
        Math.abs(value - (expected['many']?.data[i] ?? Number.NaN)),
      );
      expect(distances.length).toBe(7 * 130 * 5);
      // Sums of 20 terms of at most 1 each.
      expect(Math.max(...distances)).toBeLessThan(1e-5);
      await small.dispose();
    });
  });
} else {
  test('WebGPU is not tested here: there is no Chromium with SwiftShader', () => {
    expect(hasSoftwareAdapter()).toBe(false);
  });
}
