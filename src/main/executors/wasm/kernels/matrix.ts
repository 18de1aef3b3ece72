import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { MatrixAttributes } from '../../../../graph-engine/program/primitives/matrix.ts';
import type { TensorShape } from '../../interpreted/interpretedEngine.ts';
import { sizeOf } from '../wasmMemory.ts';
import { spread } from './arithmetic.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** Products of matrices. */
export function matrixKernels(tools: WasmTools) {
  const { memory, simd } = tools;

  /** An operand as one matrix for all products or one for each; what else is broadcast is spread before. */
  function operand(x: TensorInfo, leading: readonly number[]): { pointer: number; stride: number } {
    const matrix = x.shape.slice(-2);
    const count = sizeOf(x.shape.slice(0, -2));
    const whole = count === 1 || count === sizeOf(leading);
    const tensor = whole ? x : spread(tools, x, { dims: [...leading, ...matrix], dtype: 'float32' });
    return { pointer: memory.at(tensor), stride: count === 1 ? 0 : sizeOf(matrix) };
  }

  function product(call: {
    readonly inputs: readonly [TensorInfo, TensorInfo];
    readonly attributes: MatrixAttributes;
    readonly outputShapes: readonly [TensorShape];
  }): readonly TensorInfo[] {
    const [left, right] = call.inputs;
    const { transposeA, transposeB } = call.attributes;
    const [shape] = call.outputShapes;
    const [m = 1, n = 1] = shape.dims.slice(-2);
    const k = left.shape.at(transposeA ? -2 : -1) ?? 1;
    const leading = shape.dims.slice(0, -2);
    const [a, b] = [operand(left, leading), operand(right, leading)];
    const y = memory.make(shape);
    const scratch = memory.scratch(simd.matMulScratch(m, n, k));
    const transposes = [transposeA ? 1 : 0, transposeB ? 1 : 0] as const;
    const count = sizeOf(leading);
    // Many rows in front of one matrix are one taller matrix.
    const joined = count > 1 && b.stride === 0 && !transposeA && a.stride > 0;
    const [rows, times] = joined ? [m * count, 1] : [m, count];
    simd.matMul(
      ...([
        ...transposes,
        rows,
        n,
        k,
        a.pointer,
        b.pointer,
        memory.at(y),
        times,
        a.stride,
        b.stride,
        m * n,
        scratch,
      ] as const),
    );
    return [y];
  }

  return { matMul: product, batchMatMul: product } satisfies WasmKernels;
}
