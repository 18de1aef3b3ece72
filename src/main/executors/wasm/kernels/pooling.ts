import type { PoolingAttributes } from '../../../../graph-engine/program/primitives/pooling.ts';
import { windowGeometry } from '../../../../graph-engine/program/windowGeometry.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** Pools and their gradients. */
export function poolingKernels({ memory, simd }: WasmTools) {
  function describe(x: readonly number[], { window, strides, padding, pads }: PoolingAttributes): void {
    const [batch = 1, height = 1, width = 1, channels = 1] = x;
    const [windowHeight = 1, windowWidth = 1] = window;
    const [strideY = 1, strideX = 1] = strides;
    const [top = 0, bottom = 0, left = 0, right = 0] = pads;
    const rows = windowGeometry(height, windowHeight, strideY, 1, padding, [top, bottom]);
    const columns = windowGeometry(width, windowWidth, strideX, 1, padding, [left, right]);
    simd.pooling(
      ...([batch, height, width, channels, windowHeight, windowWidth, strideY, strideX] as const),
      ...([rows.before, columns.before, rows.output, columns.output] as const),
    );
  }

  return {
    maxPool({ inputs: [x], attributes, outputShapes: [shape] }) {
      describe(x.shape, attributes);
      const y = memory.make(shape);
      simd.maxPool(memory.at(x), memory.at(y));
      return [y];
    },
    maxPoolGrad({ inputs: [x, , dy], attributes, outputShapes: [shape] }) {
      describe(x.shape, attributes);
      const dx = memory.make(shape);
      simd.maxPoolGrad(memory.at(x), memory.at(dy), memory.at(dx));
      return [dx];
    },
    averagePool({ inputs: [x], attributes, outputShapes: [shape] }) {
      describe(x.shape, attributes);
      const y = memory.make(shape);
      simd.averagePool(memory.at(x), memory.at(y));
      return [y];
    },
    averagePoolGrad({ inputs: [dy], attributes, outputShapes: [shape] }) {
      describe(shape.dims, attributes);
      const dx = memory.make(shape);
      simd.averagePoolGrad(memory.at(dy), memory.at(dx));
      return [dx];
    },
  } satisfies WasmKernels;
}
