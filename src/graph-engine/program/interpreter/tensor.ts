/** A tensor at run time, row-major. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

/** A tensor inside the interpreter: doubles whatever the dtype. */
export interface Doubles {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** Number of elements of a shape. */
export function sizeOfDims(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Row-major strides of a shape. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  return strides;
}

/** Strides that read a tensor as if it were broadcast to `rank` axes: 0 along every axis it lacks or has once. */
export function broadcastStrides(dims: readonly number[], rank: number): number[] {
  const strides = stridesOf(dims);
  const missing = rank - dims.length;
  return Array.from({ length: rank }, (_, i) =>
    i < missing || dims[i - missing] === 1 ? 0 : (strides[i - missing] ?? 0),
  );
}

/** For each element of `dims` in row-major order, its position in memory that `strides` and `start` describe. */
export function offsetsOf(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let offsets = Int32Array.of(start);
  dims.forEach((size, axis) => {
    const stride = strides[axis] ?? 0;
    const next = new Int32Array(offsets.length * size);
    let position = 0;
    for (const offset of offsets) for (let i = 0; i < size; i++) next[position++] = offset + i * stride;
    offsets = next;
  });
  return offsets;
}

/** The element at a position; a position outside is a bug. */
export function at(data: Float64Array, position: number): number {
  const value = data[position];
  if (value === undefined) throw new Error(`position ${position} is outside ${data.length} elements`);
  return value;
}

/** An element of `offsetsOf`. Apart from `at`, so that each sees one kind of array and stays fast. */
export function offsetAt(offsets: Int32Array, index: number): number {
  const offset = offsets[index];
  if (offset === undefined) throw new Error(`there are ${offsets.length} offsets, no number ${index}`);
  return offset;
}
