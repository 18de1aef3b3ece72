import { packFourRows } from './packing';
import { copyTile, multiplyTile, TILE_COLUMNS, TILE_ROWS } from './tiles';

/** Bytes of packed pixels that stay in the second-level cache. */
const CACHED_BYTES: i32 = 98304;

/** How many tiles of pixels, whose windows have `k` numbers, are packed at a time. */
function packedTiles(k: i32): i32 {
  return min(max(CACHED_BYTES / (16 * max(k, 1)), 1), 16);
}

/** Bytes of scratch that `multiplyWindows` wants for the pixels, whose windows have up to `k` numbers. */
export function packedPixelBytes(k: i32): i32 {
  return max(16 * k, min(256 * k, CACHED_BYTES));
}

/**
 * Multiplies windows of an image with packed panels of a kernel. Both kinds of pixels form a grid of `rows` by `columns`,
 * whose steps are in bytes: `a` is where the first window begins, `c` where its result goes, `n` numbers a pixel. A window is
 * some runs of numbers, at the offsets of the taps.
 */
export function multiplyWindows(
  a: usize, aRow: usize, aColumn: usize, taps: usize, tapCount: i32, run: i32,
  panels: usize, c: usize, cRow: usize, cColumn: usize, n: i32,
  rows: i32, columns: i32, pixels: usize, tile: usize,
): void {
  const k = tapCount * run;
  const block = packedTiles(k) * TILE_ROWS;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x += block) {
      const count = min(columns - x, block);
      packPixels(a + <usize>x * aColumn, aColumn, taps, tapCount, run, count, pixels);
      let panel = panels;
      let place = c + <usize>x * cColumn;
      for (let j = 0; j < n; j += TILE_COLUMNS) {
        multiplyPixels(pixels, panel, k, count, place, cColumn, min(n - j, TILE_COLUMNS), tile);
        panel += <usize>k << 5;
        place += 4 * TILE_COLUMNS;
      }
    }
    a += aRow;
    c += cRow;
  }
}

function packPixels(
  a: usize, aColumn: usize, taps: usize, tapCount: i32, run: i32, count: i32, to: usize,
): void {
  const end = taps + (<usize>tapCount << 2);
  const bytes = <usize>run << 4;
  for (let i = 0; i < count; i += TILE_ROWS) {
    // Pixels that are missing in the last tile are its last one again.
    const last = count - i - 1;
    const a1 = a + <usize>min(1, last) * aColumn, a2 = a + <usize>min(2, last) * aColumn;
    const a3 = a + <usize>min(3, last) * aColumn;
    for (let t = taps; t < end; t += 4) {
      const tap = load<u32>(t);
      packFourRows(a + tap, a1 + tap, a2 + tap, a3 + tap, run, to, 16);
      to += bytes;
    }
    a += TILE_ROWS * aColumn;
  }
}

function multiplyPixels(
  pixels: usize, panel: usize, k: i32, count: i32, c: usize, cColumn: usize, width: i32, tile: usize,
): void {
  for (let i = 0; i < count; i += TILE_ROWS) {
    const height = min(count - i, TILE_ROWS);
    if (width === TILE_COLUMNS && height === TILE_ROWS) multiplyTile(pixels, 16, 0, panel, 32, 0, k, 1, c, cColumn, false);
    else {
      multiplyTile(pixels, 16, 0, panel, 32, 0, k, 1, tile, 32, false);
      copyTile(tile, 32, c, cColumn, height, width);
    }
    pixels += <usize>k << 4;
    c += TILE_ROWS * cColumn;
  }
}
