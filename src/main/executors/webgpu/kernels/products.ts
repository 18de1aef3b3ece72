import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import { elementShader, type Shader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';
import { cutOf, planProduct, tiledShader, type ProductSize, type TiledProduct } from '../tiledProduct.ts';

const join = elementShader({
  name: 'sum of parts',
  reads: { partial: 'f32' },
  writes: { y: 'f32' },
  parameters: { parts: 'u32' },
  body: `
  var sum = 0.0;
  for (var part = 0u; part < p.parts; part++) { sum += partial[part * p.size + i]; }
  y[i] = sum;`,
});

/** Runs what is computed in parts: `compute` writes them one after the other, and they are summed in their order. */
export function inParts(
  runner: ShaderRunner,
  parts: number,
  output: TensorInfo,
  compute: (result: TensorInfo) => void,
): void {
  if (parts === 1) return compute(output);
  const partial = runner.empty({ dims: [parts, ...output.shape], dtype: 'float32' });
  compute(partial);
  const elements = sizeOfDims(output.shape);
  runner.run({ shader: join, reads: [partial], writes: [output], elements, parameters: [parts] });
}

/** Runs a tiled product. `key` tells its WGSL apart from that of other products. */
export function createProducts(runner: ShaderRunner) {
  const shaders = new Map<string, Shader>();
  const cuts = new Map<string, ReturnType<typeof cutOf>>();

  function cutFor(size: ProductSize) {
    const key = [size.rows, size.columns, size.inner, size.depth].join(' ');
    let cut = cuts.get(key);
    if (cut === undefined) cuts.set(key, (cut = cutOf(size)));
    return cut;
  }

  return function multiply(
    key: string,
    product: () => TiledProduct,
    size: ProductSize,
    reads: readonly TensorInfo[],
    output: TensorInfo,
    parameters: readonly number[] = [],
  ): void {
    const cut = cutFor(size);
    const { rowThreads, columnThreads, rowEach, columnEach } = cut.tiling;
    const whole = `${key} ${[rowThreads, columnThreads, rowEach, columnEach].join(' ')}`;
    let shader = shaders.get(whole);
    if (shader === undefined) shaders.set(whole, (shader = tiledShader(product(), cut.tiling, runner.unrolled)));
    const ready = shader;
    const plan = planProduct(size, cut, runner.mostWorkgroups);
    inParts(runner, plan.parts, output, (result) => {
      for (const grid of plan.grids) {
        const { workgroups } = grid;
        const numbers = [...grid.parameters, ...parameters];
        runner.run({ shader: ready, reads, writes: [result], workgroups, parameters: numbers });
      }
    });
  };
}

/** Runs a tiled product, see `createProducts`. */
export type Multiply = ReturnType<typeof createProducts>;
