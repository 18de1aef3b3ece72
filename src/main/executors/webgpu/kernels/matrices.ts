import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { MatrixAttributes } from '../../../../graph-engine/program/primitives/matrix.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { broadcastAxes } from '../broadcastAxes.ts';
import type { ParameterType } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';
import type { TiledProduct } from '../tiledProduct.ts';
import type { Multiply } from './products.ts';

/** Axes before the matrices that a shader knows; neighbours that broadcast alike count as one. */
const LEADING = 4;
const places = Array.from({ length: LEADING }, (_, i) => i);

/** Sizes of the leading axes, and how far apart their matrices lie in `a` and in `b`, innermost first. */
const parameters: Record<string, ParameterType> = Object.fromEntries(
  ['size', 'aStride', 'bStride'].flatMap((name) => places.map((i) => [`${name}${i}`, 'u32' as const])),
);

function productOf({ transposeA, transposeB }: MatrixAttributes): TiledProduct {
  const base = (name: 'a' | 'b') => `
fn ${name}_base(z: u32) -> u32 {
  var rest = z;
  var base = 0u;
${places.map((i) => `  base += rest % p.size${i} * p.${name}Stride${i}; rest /= p.size${i};`).join('\n')}
  return base;
}`;
  return {
    name: `product${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
    reads: { a: 'f32', b: 'f32' },
    parameters,
    left: `${base('a')}
fn left(m: u32, k: u32, z: u32) -> f32 {
  return a[a_base(z) + ${transposeA ? 'k * p.rows + m' : 'm * p.inner + k'}];
}`,
    right: `${base('b')}
fn right(k: u32, n: u32, z: u32) -> f32 {
  return b[b_base(z) + ${transposeB ? 'n * p.inner + k' : 'k * p.columns + n'}];
}`,
    leftAlongInner: !transposeA,
    rightAlongInner: transposeB,
  };
}

/** Products of matrices, with leading axes that broadcast, in one shader. */
export function matrixKernels(runner: ShaderRunner, multiply: Multiply) {
  function product(a: TensorInfo, b: TensorInfo, attributes: MatrixAttributes, output: TensorInfo): void {
    const leading = output.shape.slice(0, -2);
    const axes = broadcastAxes(leading, [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
    if (axes.length > LEADING) throw new Error(`matrices in ${axes.length} axes that broadcast are not supported`);
    const [rows = 1, columns = 1] = output.shape.slice(-2);
    const [aRows = 1, aColumns = 1] = a.shape.slice(-2);
    const size = {
      rows,
      columns,
      inner: attributes.transposeA ? aRows : aColumns,
      depth: sizeOfDims(leading),
      rowStride: columns,
      depthStride: rows * columns,
    };
    const numbers = [
      ...places.map((i) => axes[i]?.size ?? 1),
      ...places.map((i) => (axes[i]?.strides[0] ?? 0) * aRows * aColumns),
      ...places.map((i) => (axes[i]?.strides[1] ?? 0) * size.inner * columns),
    ];
    const key = `product ${String(attributes.transposeA)} ${String(attributes.transposeB)}`;
    multiply(key, () => productOf(attributes), size, [a, b], output, numbers);
  }

  return {
    matMul({ inputs: [a, b], attributes, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      product(a, b, attributes, y);
      return [y];
    },
    batchMatMul({ inputs: [a, b], attributes, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      product(a, b, attributes, y);
      return [y];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
