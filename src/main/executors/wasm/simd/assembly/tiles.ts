import { multiplyAdd } from './lanes';

/** The rows and columns of the result that are computed in registers at a time. */
export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a tile that is stored apart, because it sticks out of the result. */
export const TILE_BYTES: i32 = 4 * TILE_ROWS * TILE_COLUMNS;

/**
 * Four rows of a result, eight columns wide, or what is added to them: `sum over k of a[k, row] * b[k, column]`. The four
 * numbers of a `k` are neighbours, and so are the eight. There are `lines` times `count` of them: the steps lead from one to
 * the next within a line, and from one line to the next, in bytes.
 */
export function multiplyTile(
  a: usize, aStep: usize, aLine: usize,
  b: usize, bStep: usize, bLine: usize,
  count: i32, lines: i32,
  c: usize, cRow: usize,
  accumulate: bool,
): void {
  let x00 = f32x4.splat(0), x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  const c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
  if (accumulate) {
    x00 = v128.load(c); x01 = v128.load(c, 16);
    x10 = v128.load(c1); x11 = v128.load(c1, 16);
    x20 = v128.load(c2); x21 = v128.load(c2, 16);
    x30 = v128.load(c3); x31 = v128.load(c3, 16);
  }
  for (; lines > 0; lines--) {
    let p = a, q = b;
    for (let k = count; k > 0; k--) {
      const b0 = v128.load(q), b1 = v128.load(q, 16);
      let v = v128.load32_splat(p); x00 = multiplyAdd(v, b0, x00); x01 = multiplyAdd(v, b1, x01);
      v = v128.load32_splat(p, 4); x10 = multiplyAdd(v, b0, x10); x11 = multiplyAdd(v, b1, x11);
      v = v128.load32_splat(p, 8); x20 = multiplyAdd(v, b0, x20); x21 = multiplyAdd(v, b1, x21);
      v = v128.load32_splat(p, 12); x30 = multiplyAdd(v, b0, x30); x31 = multiplyAdd(v, b1, x31);
      p += aStep; q += bStep;
    }
    a += aLine; b += bLine;
  }
  v128.store(c, x00); v128.store(c, x01, 16);
  v128.store(c1, x10); v128.store(c1, x11, 16);
  v128.store(c2, x20); v128.store(c2, x21, 16);
  v128.store(c3, x30); v128.store(c3, x31, 16);
}

/** Moves `rows` by `columns` numbers between a tile that lies apart and its place, whose rows are `step` bytes away. */
export function copyTile(from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, columns: i32): void {
  for (; rows > 0; rows--) {
    memory.copy(to, from, columns << 2);
    from += fromStep;
    to += toStep;
  }
}
