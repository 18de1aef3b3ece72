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
  /** Where the element lies: what is added up along the axis that stays, and along the inner one. */
  const operand = (side: 'left' | 'right', name: 'a' | 'b', outer: string, inner: string): string => {
    const vector = vectors[name];
    return `${base(name)}
fn ${side}_outer(m: u32, base: u32) -> u32 { return base + ${outer}; }
fn ${side}_inner(k: u32, base: u32) -> u32 { return ${inner}; }
fn ${side}_at(outer: u32, inner: u32) -> ${vector ? 'vec4<f32>' : 'f32'} { return ${name}[${vector ? '(outer + inner) / 4u' : 'outer + inner'}]; }`;
  };
  return {
    name: `product${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
    reads: { a: vectors.a ? 'vec4<f32>' : 'f32', b: vectors.b ? 'vec4<f32>' : 'f32' },
    parameters,
    left: {
      outer: 'u32',
      inner: 'u32',
      code: transposeA ? operand('left', 'a', 'm', 'k * p.rows') : operand('left', 'a', 'm * p.inner', 'k'),
      start: 'a_base',
      alongInner: !transposeA,
      vector: vectors.a,
    },
    right: {
      outer: 'u32',
      inner: 'u32',
      code: transposeB ? operand('right', 'b', 'm * p.inner', 'k') : operand('right', 'b', 'm', 'k * p.columns'),
      start: 'b_base',
      alongInner: transposeB,
      vector: vectors.b,
    },
    vectorResult: vectors.result,
  };
}

/** Runs a product of matrices, with leading axes that broadcast; tensors are taken to have these shapes. */
export type MultiplyMatrices = (
  a: TensorInfo,
  b: TensorInfo,
  attributes: MatrixAttributes,
  output: TensorInfo,
  dims?: { readonly a: readonly number[]; readonly b: readonly number[]; readonly output: readonly number[] },
) => void;

export function createMatrixProduct(multiply: Multiply): MultiplyMatrices {
  return (a, b, attributes, output, dims = { a: a.shape, b: b.shape, output: output.shape }) => {
    const leading = dims.output.slice(0, -2);
    const axes = broadcastAxes(leading, [dims.a.slice(0, -2), dims.b.slice(0, -2)]);
    if (axes.length > LEADING) throw new Error(`matrices in ${axes.length} axes that broadcast are not supported`);
    const [rows = 1, columns = 1] = dims.output.slice(-2);
    const [aRows = 1, aColumns = 1] = dims.a.slice(-2);
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
  };
}

/** Products of matrices, with leading axes that broadcast, in one shader. */
export function matrixKernels(runner: ShaderRunner, product: MultiplyMatrices) {
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
