/** Elements along each side of a tile: a cache line of floats, so that lines are used whole before they are replaced. */
const TILE = 16;

/**
 * Copies a row-major tensor with its axes permuted: axis `i` of the result is axis `permutation[i]` of the source, as in
 * `numpy.transpose`. `dims` are the source's.
 */
export function permuteAxes(
  source: Float32Array,
  dims: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const sizes = permutedDims(dims, permutation);
  const result = new Float32Array(source.length);
  if (result.length === 0 || dims.length < 2) {
    result.set(source);
    return result;
  }
  const sourceStrides = stridesOf(dims);
  const axes = permutation.map((axis, i): Axis => ({
    size: sizes[i] ?? 1,
    from: sourceStrides[axis] ?? 0,
    to: stridesOf(sizes)[i] ?? 0,
  }));
  // Elements are neighbours in the source along one axis and in the result along another: those two go in tiles.
  const read = permutation.indexOf(dims.length - 1);
  const written = dims.length - 1;
  const others = axes.filter((_, i) => i !== read && i !== written);
  const [across, along] = [axes[read], axes[written]];
  if (across === undefined || along === undefined) throw new Error('unreachable: the permutation names every axis');
  forEachOffset(others, (from, to) => {
    if (read === written) result.set(source.subarray(from, from + along.size), to);
    else transposeTiles(source, from, result, to, across, along);
  });
  return result;
}

/** An axis with its strides in the source and in the result. */
interface Axis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

function stridesOf(dims: readonly number[]): readonly number[] {
  return dims.map((_, i) => dims.slice(i + 1).reduce((product, size) => product * size, 1));
}

/** Visits every position along some axes, in the order of the result. */
function forEachOffset(axes: readonly Axis[], visit: (from: number, to: number) => void, from = 0, to = 0): void {
  const [axis, ...rest] = axes;
  if (axis === undefined) {
    visit(from, to);
    return;
  }
  for (let i = 0; i < axis.size; i++) forEachOffset(rest, visit, from + i * axis.from, to + i * axis.to);
}

/** `across` has stride 1 in the source, `along` in the result. */
function transposeTiles(
  source: Float32Array,
  from: number,
  result: Float32Array,
  to: number,
  across: Axis,
  along: Axis,
): void {
  for (let row = 0; row < across.size; row += TILE) {
    const lastRow = Math.min(row + TILE, across.size);
    for (let column = 0; column < along.size; column += TILE) {
      const lastColumn = Math.min(column + TILE, along.size);
      for (let i = row; i < lastRow; i++) {
        let read = from + i + column * along.from;
        const end = to + i * across.to + lastColumn;
        for (let write = to + i * across.to + column; write < end; write++, read += along.from) {
          result[write] = source[read] ?? 0;
        }
      }
    }
  }
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
