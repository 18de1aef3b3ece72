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

/** Which operands, and whether the result, can be read and written four elements at a time. */
interface Vectors {
  readonly a: boolean;
  readonly b: boolean;
  readonly result: boolean;
}

function productOf({ transposeA, transposeB }: MatrixAttributes, vectors: Vectors): TiledProduct {
  const base = (name: 'a' | 'b') => `
fn ${name}_base(z: u32) -> u32 {
  var rest = z;
  var base = 0u;
${places.map((i) => `  base += rest % p.size${i} * p.${name}Stride${i}; rest /= p.size${i};`).join('\n')}
  return base;
}`;
  const at = (name: 'a' | 'b', index: string): string =>
    vectors[name]
      ? `-> vec4<f32> { return ${name}[(${name}_base(z) + ${index}) / 4u]; }`
      : `-> f32 { return ${name}[${name}_base(z) + ${index}]; }`;
  return {
    name: `product${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
    reads: { a: vectors.a ? 'vec4<f32>' : 'f32', b: vectors.b ? 'vec4<f32>' : 'f32' },
    parameters,
    left: {
      code: `${base('a')}
fn left(m: u32, k: u32, z: u32) ${at('a', transposeA ? 'k * p.rows + m' : 'm * p.inner + k')}`,
      alongInner: !transposeA,
      vector: vectors.a,
    },
    right: {
      code: `${base('b')}
fn right(k: u32, n: u32, z: u32) ${at('b', transposeB ? 'n * p.inner + k' : 'k * p.columns + n')}`,
      alongInner: transposeB,
      vector: vectors.b,
    },
    vectorResult: vectors.result,
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
    const { transposeA, transposeB } = attributes;
    const vectors = {
      a: (transposeA ? rows : size.inner) % 4 === 0,
      b: (transposeB ? size.inner : columns) % 4 === 0,
      result: columns % 4 === 0,
    };
    const key = `product ${[transposeA, transposeB, ...Object.values(vectors)].join(' ')}`;
    multiply(key, () => productOf(attributes, vectors), size, [a, b], output, numbers);
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
