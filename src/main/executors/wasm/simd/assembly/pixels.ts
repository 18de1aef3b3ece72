import { copyTile, rowTile, TILE_COLUMNS, TILE_ROWS } from './tiles';

/**
 * Multiplies windows of an image with packed panels of a kernel. Both kinds of pixels form a grid of `rows` by `columns`,
 * whose steps are in bytes: `a` is where the first window begins, `c` where its result goes, `n` numbers a pixel.
 */
export function multiplyWindows(
  a: usize, aRow: usize, aColumn: usize, taps: usize, tapCount: i32, run: i32,
  packed: usize, c: usize, cRow: usize, cColumn: usize, n: i32,
  rows: i32, columns: i32, tile: usize,
): void {
  const panel = <usize>(tapCount * run) << 5;
  for (let j = 0; j < n; j += TILE_COLUMNS) {
    const width = min(n - j, TILE_COLUMNS);
    let aLine = a, cLine = c + (<usize>j << 2);
    for (let y = 0; y < rows; y++) {
      let from = aLine, place = cLine;
      for (let x = 0; x < columns; x += TILE_ROWS) {
        // Pixels that are missing in the last tile are its last one again.
        const last = columns - x - 1;
        const i1 = <usize>min(1, last), i2 = <usize>min(2, last), i3 = <usize>min(3, last);
        if (width === TILE_COLUMNS) {
          rowTile(
            from, from + i1 * aColumn, from + i2 * aColumn, from + i3 * aColumn, taps, tapCount, run, packed,
            place, place + i1 * cColumn, place + i2 * cColumn, place + i3 * cColumn, false,
          );
        } else {
          rowTile(
            from, from + i1 * aColumn, from + i2 * aColumn, from + i3 * aColumn, taps, tapCount, run, packed,
            tile, tile + (i1 << 5), tile + (i2 << 5), tile + (i3 << 5), false,
          );
          copyTile(tile, 32, place, cColumn, min(last + 1, TILE_ROWS), width);
        }
        from += TILE_ROWS * aColumn;
        place += TILE_ROWS * cColumn;
      }
      aLine += aRow;
      cLine += cRow;
    }
    packed += panel;
  }
}
