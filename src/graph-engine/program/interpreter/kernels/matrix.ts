import type { MatrixAttributes } from '../../primitives/matrix.ts';
import type { Kernels } from '../kernel.ts';
import { at, broadcastStrides, offsetAt, offsetsOf, sizeOfDims, type Doubles } from '../tensor.ts';

interface MatrixContext {
  readonly inputs: readonly [Doubles, Doubles];
  readonly attributes: MatrixAttributes;
  readonly outputDims: readonly [readonly number[]];
}

/** Where each matrix of the broadcast leading axes starts. */
function starts(x: Doubles, leading: readonly number[]): Int32Array {
  const matrix = sizeOfDims(x.dims.slice(-2));
  return offsetsOf(leading, broadcastStrides(x.dims.slice(0, -2), leading.length)).map((offset) => offset * matrix);
}

function product({ inputs: [a, b], attributes, outputDims: [dims] }: MatrixContext): readonly Float64Array[] {
  const [rows = 1, columns = 1] = dims.slice(-2);
  const inner = a.dims.at(attributes.transposeA ? -2 : -1) ?? 1;
  const [aRow, aInner] = attributes.transposeA ? [1, rows] : [inner, 1];
  const [bInner, bColumn] = attributes.transposeB ? [1, inner] : [columns, 1];
  const aStarts = starts(a, dims.slice(0, -2));
  const bStarts = starts(b, dims.slice(0, -2));
  const y = new Float64Array(sizeOfDims(dims));
  aStarts.forEach((aStart, matrix) => {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          sum +=
            at(a.data, aStart + row * aRow + k * aInner) *
            at(b.data, offsetAt(bStarts, matrix) + k * bInner + column * bColumn);
        }
        y[(matrix * rows + row) * columns + column] = sum;
      }
    }
  });
  return [y];
}

export const matrixKernels = { matMul: product, batchMatMul: product } satisfies Kernels<'matMul' | 'batchMatMul'>;
