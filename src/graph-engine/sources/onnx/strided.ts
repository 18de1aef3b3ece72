import type { Numbers } from './constantTensor.ts';

/** Elements between neighbours along each axis of a row-major tensor. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= dims[axis] ?? 1;
  }
  return strides;
}

/** As many numbers of the kind that another list has. */
export function likeNumbers(source: Numbers, length: number): Numbers {
  return source instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

/** Copies what lies at `offset` and by `strides` from there, in the order of `dims`; strides may be 0 or negative. */
export function copyStrided(source: Numbers, dims: readonly number[], strides: readonly number[], offset = 0): Numbers {
  const count = dims.reduce((product, size) => product * size, 1);
  const result = likeNumbers(source, count);
  if (count === 0) return result;
  const rank = dims.length;
  if (rank === 0) {
    result[0] = source[offset] ?? 0;
    return result;
  }
  const index = new Array<number>(rank).fill(0);
  const last = rank - 1;
  const [inner, step] = [dims[last] ?? 1, strides[last] ?? 0];
  let from = offset;
  for (let at = 0; at < count;) {
    for (let i = 0, read = from; i < inner; i++, read += step) result[at++] = source[read] ?? 0;
    for (let axis = last - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      if (next < (dims[axis] ?? 1)) {
        index[axis] = next;
        break;
      }
      from -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}

/** The dims of what two tensors make element by element; `undefined` where they do not fit. */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const dims: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [left, right] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    if (left !== right && left !== 1 && right !== 1) return undefined;
    dims.push(left === 1 ? right : left);
  }
  return dims;
}

/** Strides that read a tensor as if it had larger dims: 0 along axes that are repeated. */
export function broadcastStrides(dims: readonly number[], wide: readonly number[]): number[] {
  const strides = stridesOf(dims);
  return wide.map((_, i) => {
    const axis = i - (wide.length - dims.length);
    return axis < 0 || dims[axis] === 1 ? 0 : (strides[axis] ?? 0);
  });
}
