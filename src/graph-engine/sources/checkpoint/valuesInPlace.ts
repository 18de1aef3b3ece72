import { permuteAxes } from '../../targets/onnx/permuteAxes.ts';
import type { TensorPlace, WantedWeight } from './matchCheckpoint.ts';

/** The values of a weight in the layout of the engine, out of those of the tensor that holds them, row-major. */
export function valuesInPlace(
  { dims, pytorchDims }: Pick<WantedWeight, 'dims' | 'pytorchDims'>,
  { part, of, permutation, inputFirst }: TensorPlace,
  tensor: Float32Array,
): Float32Array {
  const values = of === 1 ? tensor : partOf(tensor, part, of, inputFirst ? (dims.at(-1) ?? 1) : undefined);
  return permutation === undefined ? values : permuteAxes(values, pytorchDims, permutation);
}

/** The part of a tensor along its first axis, or along its last where that has `columns` a part. */
function partOf(tensor: Float32Array, part: number, of: number, columns: number | undefined): Float32Array {
  const size = tensor.length / of;
  if (columns === undefined) return tensor.subarray(part * size, (part + 1) * size);
  const values = new Float32Array(size);
  for (let row = 0; row < size / columns; row++) {
    const start = (row * of + part) * columns;
    values.set(tensor.subarray(start, start + columns), row * columns);
  }
  return values;
}
