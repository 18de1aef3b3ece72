import { broadcastDims, formatDims } from '../dims.ts';
import type { Value } from '../program.ts';
import { definePrimitive, demand, demandRank, dimOf, type TensorSpec } from './definePrimitive.ts';

export type MatrixAttributes = { readonly transposeA: boolean; readonly transposeB: boolean };

type Pair = readonly [a: Value, b: Value];

function productDims([a, b]: Pair, { transposeA, transposeB }: MatrixAttributes): readonly [number, number] {
  const [aRows, aColumns] = [dimOf(a, a.dims.length - 2), dimOf(a, a.dims.length - 1)];
  const [bRows, bColumns] = [dimOf(b, b.dims.length - 2), dimOf(b, b.dims.length - 1)];
  demand(
    (transposeA ? aRows : aColumns) === (transposeB ? bColumns : bRows),
    `${formatDims(a.dims)}${transposeA ? ' transposed' : ''} times ${formatDims(b.dims)}${transposeB ? ' transposed' : ''}`,
  );
  return [transposeA ? aColumns : aRows, transposeB ? bRows : bColumns];
}

export const matMul = definePrimitive({
  name: 'matMul',
  infer(inputs: Pair, attributes: MatrixAttributes): readonly [TensorSpec] {
    demandRank(inputs[0], 2, 'a');
    demandRank(inputs[1], 2, 'b');
    return [{ dims: productDims(inputs, attributes), dtype: 'float32' }];
  },
  gradient({ builder, inputs: [a, b], attributes: { transposeA, transposeB }, outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    return [
      wanted(0)
        ? transposeA
          ? builder.matMul(b, dy, { transposeA: transposeB, transposeB: true })
          : builder.matMul(dy, b, { transposeB: !transposeB })
        : undefined,
      wanted(1)
        ? transposeB
          ? builder.matMul(dy, a, { transposeA: true, transposeB: transposeA })
          : builder.matMul(a, dy, { transposeA: !transposeA })
        : undefined,
    ];
  },
});

/** Matrix products over the last two axes; the leading axes broadcast. */
export const batchMatMul = definePrimitive({
  name: 'batchMatMul',
  infer(inputs: Pair, attributes: MatrixAttributes): readonly [TensorSpec] {
    const [a, b] = inputs;
    demand(a.dims.length >= 2 && b.dims.length >= 2, `ranks of ${formatDims(a.dims)} and ${formatDims(b.dims)}`);
    const leading = broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2));
    return [{ dims: [...leading, ...productDims(inputs, attributes)], dtype: 'float32' }];
  },
  gradient({ builder, inputs: [a, b], attributes: { transposeA, transposeB }, outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    return [
      wanted(0)
        ? builder.sumTo(
            transposeA
              ? builder.batchMatMul(b, dy, { transposeA: transposeB, transposeB: true })
              : builder.batchMatMul(dy, b, { transposeB: !transposeB }),
            a.dims,
          )
        : undefined,
      wanted(1)
        ? builder.sumTo(
            transposeB
              ? builder.batchMatMul(dy, a, { transposeA: true, transposeB: transposeA })
              : builder.batchMatMul(a, dy, { transposeA: !transposeA }),
            b.dims,
          )
        : undefined,
    ];
  },
});
