import type { Dims } from './program.ts';

/** `[batch, 4*batch, 32]` for messages. */
export function formatDims(dims: Dims): string {
  return `[${dims.map((dim) => (dim > 0 ? `${dim}` : dim === -1 ? 'batch' : `${-dim}*batch`)).join(', ')}]`;
}

/** Whether two shapes are the same, symbolic sizes included. */
export function sameDims(a: Dims, b: Dims): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** Numpy's broadcasting of two shapes; throws when they do not fit. */
export function broadcastDims(a: Dims, b: Dims): Dims {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new Error(`${formatDims(a)} and ${formatDims(b)} do not broadcast`);
  });
}

/** Number of elements as `coefficient * batch ** degree`. */
export function elementCountOf(dims: Dims): { readonly coefficient: number; readonly degree: number } {
  let coefficient = 1;
  let degree = 0;
  for (const dim of dims) {
    coefficient *= Math.abs(dim);
    if (dim < 0) degree += 1;
  }
  return { coefficient, degree };
}

/** The product of sizes as one size; at most one of them may have the batch. */
export function productOf(dims: Dims): number {
  const { coefficient, degree } = elementCountOf(dims);
  if (degree > 1) throw new Error(`${formatDims(dims)} has the batch more than once`);
  return degree === 1 ? -coefficient : coefficient;
}

/** Whether any size has the batch. */
export function hasBatch(dims: Dims): boolean {
  return dims.some((dim) => dim < 0);
}

/** The shape at run time. */
export function resolveDims(dims: Dims, batch: number): readonly number[] {
  return dims.map((dim) => (dim < 0 ? -dim * batch : dim));
}

/** The dims with `axes` left out, or 1 in their place with `keepDims`. */
export function reducedDims(dims: Dims, axes: readonly number[], keepDims: boolean): Dims {
  return keepDims ? dims.map((dim, i) => (axes.includes(i) ? 1 : dim)) : dims.filter((_, i) => !axes.includes(i));
}
