import { roundUp } from './lanes';
import { packNarrowPanels, packPanels, packTransposedPanels } from './packing';
import { columnTile, copyTile, rowTile, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from './tiles';

// What is packed of b at a time fits the second-level cache, a panel of it and a tile of a the first.
const DEPTH: i32 = 256;
const COLUMNS: i32 = 512;
const ROWS: i32 = 64;

/** The one tap of a matrix product, and the tile that lies apart. */
const HEADER: i32 = 16 + TILE_BYTES;

export function matMulScratch(m: i32, n: i32, k: i32): i32 {
  const depth = min(k, DEPTH);
  return HEADER + 4 * depth * (min(roundUp(n, TILE_COLUMNS), COLUMNS) + min(roundUp(m, TILE_ROWS), ROWS));
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
  store<u32>(scratch, 0);
  const packedB = scratch + HEADER;
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
        const target = c + (<usize>(i * n + j) << 2);
        if (transposeA) {
          packNarrowPanels(a + (<usize>(depth * m + i) << 2), <usize>m << 2, run, rows, packedA);
          columnBlock(packedA, packedB, rows, columns, run, target, cRow, depth > 0, scratch);
        } else {
          rowBlock(a + (<usize>(i * k + depth) << 2), <usize>k << 2, packedB, rows, columns, run, target, cRow, depth > 0, scratch);
        }
      }
    }
  }
}

function rowBlock(
  a: usize, aRow: usize, packedB: usize, rows: i32, columns: i32, run: i32,
  c: usize, cRow: usize, accumulate: bool, scratch: usize,
): void {
  const tile = scratch + 16;
  for (let j = 0; j < columns; j += TILE_COLUMNS) {
    const width = min(columns - j, TILE_COLUMNS);
    for (let i = 0; i < rows; i += TILE_ROWS) {
      // Rows that are missing in the last tile are its last one again.
      const last = rows - i - 1;
      const i1 = <usize>min(1, last), i2 = <usize>min(2, last), i3 = <usize>min(3, last);
      const from = a + <usize>i * aRow;
      const place = c + <usize>i * cRow + (<usize>j << 2);
      if (width === TILE_COLUMNS) {
        rowTile(
          from, from + i1 * aRow, from + i2 * aRow, from + i3 * aRow, scratch, 1, run, packedB,
          place, place + i1 * cRow, place + i2 * cRow, place + i3 * cRow, accumulate,
        );
      } else {
        const height = min(last + 1, TILE_ROWS);
        if (accumulate) copyTile(place, cRow, tile, 32, height, width);
        rowTile(
          from, from + i1 * aRow, from + i2 * aRow, from + i3 * aRow, scratch, 1, run, packedB,
          tile, tile + (i1 << 5), tile + (i2 << 5), tile + (i3 << 5), accumulate,
        );
        copyTile(tile, 32, place, cRow, height, width);
      }
    }
    packedB += <usize>run << 5;
  }
}

function columnBlock(
  packedA: usize, packedB: usize, rows: i32, columns: i32, run: i32,
  c: usize, cRow: usize, accumulate: bool, scratch: usize,
): void {
  const tile = scratch + 16;
  for (let j = 0; j < columns; j += TILE_COLUMNS) {
    const width = min(columns - j, TILE_COLUMNS);
    let from = packedA;
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const height = min(rows - i, TILE_ROWS);
      const place = c + <usize>i * cRow + (<usize>j << 2);
      if (width === TILE_COLUMNS && height === TILE_ROWS) {
        columnTile(from, 16, 0, packedB, 32, 0, run, 1, place, cRow, accumulate);
      } else {
        if (accumulate) copyTile(place, cRow, tile, 32, height, width);
        columnTile(from, 16, 0, packedB, 32, 0, run, 1, tile, 32, accumulate);
        copyTile(tile, 32, place, cRow, height, width);
      }
      from += <usize>run << 4;
    }
    packedB += <usize>run << 5;
  }
}
