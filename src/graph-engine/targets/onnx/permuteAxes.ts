import { PIECE } from './tensorContent.ts';

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
  const [whole = new Float32Array()] = permutedPieces(source, dims, permutation, { piece: Infinity });
  return whole;
}

/**
 * The same a few rows of the result at a time, so that a large tensor is not in memory twice. Pieces that fit into `room` are made
 * there, and are used before the next is asked for.
 */
export function* permutedPieces(
  source: Float32Array,
  dims: readonly number[],
  permutation: readonly number[],
  { piece = PIECE, room }: { readonly piece?: number; readonly room?: Float32Array | undefined } = {},
): Generator<Float32Array> {
  const merged = mergeNeighbours(dims, permutation);
  const sizes = permutedDims(merged.dims, merged.permutation);
  const [rows = 1] = sizes;
  if (source.length === 0 || sizes.length < 2) {
    yield source.slice();
    return;
  }
  const sourceStrides = stridesOf(merged.dims);
  const axes = merged.permutation.map((axis, i): Axis => ({
    size: sizes[i] ?? 1,
    from: sourceStrides[axis] ?? 0,
    to: stridesOf(sizes)[i] ?? 0,
  }));
  const row = source.length / rows;
  const together = Math.max(1, Math.min(rows, Math.floor(piece / row)));
  const place = room !== undefined && room.length >= together * row ? room : undefined;
  for (let at = 0; at < rows; at += together) {
    const size = Math.min(together, rows - at);
    const result = place?.subarray(0, size * row) ?? new Float32Array(size * row);
    const [first, ...rest] = axes;
    if (first === undefined) throw new Error('unreachable: there are two axes at least');
    permuteInto(result, source, [{ ...first, size }, ...rest], merged.permutation, at * first.from);
    yield result;
  }
}

/** Axes that are neighbours in the source and in the result are one. */
function mergeNeighbours(dims: readonly number[], permutation: readonly number[]) {
  // Says what is wrong with the permutation, if anything is.
  permutedDims(dims, permutation);
  const groups: number[][] = [];
  // An axis of one element is a neighbour of all others.
  const long = dims.flatMap((size, axis) => (size > 1 ? [axis] : []));
  for (const axis of permutation) {
    if (!long.includes(axis)) continue;
    const last = groups.at(-1);
    if (last !== undefined && last.at(-1) === long[long.indexOf(axis) - 1]) last.push(axis);
    else groups.push([axis]);
  }
  const inSource = groups.toSorted(([a = 0], [b = 0]) => a - b);
  return {
    dims: inSource.map((group) => group.reduce((product, axis) => product * (dims[axis] ?? 1), 1)),
    permutation: groups.map((group) => inSource.indexOf(group)),
  };
}

function permuteInto(
  result: Float32Array,
  source: Float32Array,
  axes: readonly Axis[],
  permutation: readonly number[],
  start: number,
): void {
  // Elements are neighbours in the source along one axis and in the result along another: those two go in tiles.
  const written = axes.length - 1;
  const read = permutation.indexOf(written);
  const others = axes.filter((_, i) => i !== read && i !== written);
  const [across, along] = [axes[read], axes[written]];
  if (across === undefined || along === undefined) throw new Error('unreachable: the permutation names every axis');
  // Where the last axis is short, as those of a kernel's window are, the one before it goes along in blocks.
  const middle = others.at(-1);
  if (read !== written && along.size < TILE && middle?.to === along.size) {
    const block = { across, middle, along };
    forEachOffset(others.slice(0, -1), (from, to) => transposeBlocks(source, from, result, to, block), start);
    return;
  }
  const visit = (from: number, to: number): void => {
    if (read === written) result.set(source.subarray(from, from + along.size), to);
    else transposeTiles(source, from, result, to, across, along);
  };
  forEachOffset(others, visit, start);
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

/** The same for a short last axis: blocks of the first two, and for each pair of their places the last one whole. */
function transposeBlocks(
  source: Float32Array,
  from: number,
  result: Float32Array,
  to: number,
  { across, middle, along }: { readonly across: Axis; readonly middle: Axis; readonly along: Axis },
): void {
  for (let row = 0; row < across.size; row += TILE) {
    const lastRow = Math.min(row + TILE, across.size);
    for (let column = 0; column < middle.size; column += TILE) {
      const lastColumn = Math.min(column + TILE, middle.size);
      for (let i = row; i < lastRow; i++) {
        let write = to + i * across.to + column * middle.to;
        for (let j = column; j < lastColumn; j++) {
          let read = from + i + j * middle.from;
          for (let k = 0; k < along.size; k++, read += along.from) result[write++] = source[read] ?? 0;
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
