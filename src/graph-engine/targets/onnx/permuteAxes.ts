/**
 * Copies a row-major tensor with its axes permuted: axis `i` of the result is axis `permutation[i]` of the source, as in
 * `numpy.transpose`. `dims` are the source's.
 */
export function permuteAxes(
  source: Float32Array,
  dims: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const outer = dims.map((_, i) => dims.slice(i + 1).reduce((product, size) => product * size, 1));
  const sizes = permutedDims(dims, permutation);
  const steps = permutation.map((axis) => outer[axis] ?? 0);
  const result = new Float32Array(source.length);
  if (result.length === 0) return result;

  // The innermost axis is a plain loop; the others count like an odometer.
  const last = sizes.length - 1;
  const innerSize = sizes[last] ?? 1;
  const innerStep = steps[last] ?? 0;
  const counter = new Int32Array(Math.max(0, last));
  let base = 0;
  for (let at = 0; at < result.length;) {
    for (let i = 0, from = base; i < innerSize; i++, from += innerStep) result[at++] = source[from] ?? 0;
    for (let axis = last - 1; axis >= 0; axis--) {
      const step = steps[axis] ?? 0;
      const count = (counter[axis] ?? 0) + 1;
      if (count < (sizes[axis] ?? 1)) {
        counter[axis] = count;
        base += step;
        break;
      }
      counter[axis] = 0;
      base -= step * (count - 1);
    }
  }
  return result;
}

/** The sizes of a tensor after {@link permuteAxes}; throws unless `permutation` names every axis once. */
export function permutedDims(dims: readonly number[], permutation: readonly number[]): readonly number[] {
  const seen = new Set(permutation);
  if (permutation.length !== dims.length || seen.size !== dims.length) {
    throw new Error(`Permutation [${permutation.join(', ')}] does not fit ${dims.length} axes.`);
  }
  return permutation.map((axis) => {
    const size = dims[axis];
    if (size === undefined) throw new Error(`Permutation [${permutation.join(', ')}] names an axis that is not there.`);
    return size;
  });
}
