import { roundUp } from './lanes';
import { packNarrowPanels, packNarrowTransposedPanels, packPanels, packTransposedPanels } from './packing';
import { copyTile, multiplyTile, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from './tiles';

// What is packed of b at a time fits the second-level cache, a panel of it and a tile of a the first.
const DEPTH: i32 = 256;
const COLUMNS: i32 = 512;
const ROWS: i32 = 64;

/** Matrices that are taken as one have more rows than one of them: of the rows there is always room for a block. */
export function matMulScratch(_m: i32, n: i32, k: i32): i32 {
  return TILE_BYTES + 4 * min(k, DEPTH) * (min(roundUp(n, TILE_COLUMNS), COLUMNS) + ROWS);
}

export function matMul(
  transposeA: bool, transposeB: bool,
  m: i32, n: i32, k: i32,
  a: usize, b: usize, c: usize,
  count: i32, strideA: i32, strideB: i32, strideC: i32,
  scratch: usize,
): void {
  // Matrices that lie behind one another and share b are one.
  if (!transposeA && strideB === 0 && strideA === m * k && strideC === m * n) {
    m *= count;
    count = 1;
  }
  for (; count > 0; count--) {
    product(transposeA, transposeB, m, n, k, a, b, c, scratch);
    a += <usize>strideA << 2;
    b += <usize>strideB << 2;
    c += <usize>strideC << 2;
  }
}

function product(
  transposeA: bool, transposeB: bool, m: i32, n: i32, k: i32, a: usize, b: usize, c: usize, scratch: usize,
): void {
  if (k === 0) memory.fill(c, 0, 4 * m * n);
  const packedB = scratch + TILE_BYTES;
  const cRow = <usize>n << 2;
  for (let j = 0; j < n; j += COLUMNS) {
    const columns = min(n - j, COLUMNS);
    for (let depth = 0; depth < k; depth += DEPTH) {
      const run = min(k - depth, DEPTH);
      const panel = <usize>run << 5;
      const packedA = packedB + <usize>roundUp(columns, TILE_COLUMNS) * (<usize>run << 2);
      if (transposeB) packTransposedPanels(b + (<usize>(j * k + depth) << 2), <usize>k << 2, run, columns, packedB, panel);
      else packPanels(b + (<usize>(depth * n + j) << 2), cRow, run, columns, packedB, panel);
      for (let i = 0; i < m; i += ROWS) {
        const rows = min(m - i, ROWS);
        if (transposeA) packNarrowPanels(a + (<usize>(depth * m + i) << 2), <usize>m << 2, run, rows, packedA);
        else packNarrowTransposedPanels(a + (<usize>(i * k + depth) << 2), <usize>k << 2, run, rows, packedA);
        const target = c + (<usize>(i * n + j) << 2);
        multiplyBlock(packedA, packedB, rows, columns, run, target, cRow, depth > 0, scratch);
      }
    }
  }
}

function multiplyBlock(
  packedA: usize, packedB: usize, rows: i32, columns: i32, run: i32,
  c: usize, cRow: usize, accumulate: bool, tile: usize,
): void {
  for (let j = 0; j < columns; j += TILE_COLUMNS) {
    const width = min(columns - j, TILE_COLUMNS);
    let from = packedA;
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const height = min(rows - i, TILE_ROWS);
      const place = c + <usize>i * cRow + (<usize>j << 2);
      if (width === TILE_COLUMNS && height === TILE_ROWS) {
        multiplyTile(from, 16, 0, packedB, 32, 0, run, 1, place, cRow, accumulate);
      } else {
        if (accumulate) copyTile(place, cRow, tile, 32, height, width);
        multiplyTile(from, 16, 0, packedB, 32, 0, run, 1, tile, 32, accumulate);
        copyTile(tile, 32, place, cRow, height, width);
      }
      from += <usize>run << 4;
    }
    packedB += <usize>run << 5;
  }
}
