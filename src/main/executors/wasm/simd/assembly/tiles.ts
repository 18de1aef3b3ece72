import { multiplyAdd } from './lanes';

/** The rows and columns of the result that are computed in registers at a time. */
export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a tile that is stored apart, because it sticks out of the result. */
export const TILE_BYTES: i32 = 4 * TILE_ROWS * TILE_COLUMNS;

/**
 * Four rows of a result, eight columns wide: `c = sum over taps and k of a[tap + k] * b[tap, k]`. The rows of `a` lie
 * anywhere, and a tap is an offset in bytes from their beginning to a run of numbers (a place in the window of a
 * convolution; a matrix product has one). `b` is a packed panel: eight numbers for each `k` of each tap.
 */
export function rowTile(
  a0: usize, a1: usize, a2: usize, a3: usize,
  taps: usize, tapCount: i32, run: i32,
  b: usize,
  c0: usize, c1: usize, c2: usize, c3: usize,
  accumulate: bool,
): void {
  let x00 = f32x4.splat(0), x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  if (accumulate) {
    x00 = v128.load(c0); x01 = v128.load(c0, 16);
    x10 = v128.load(c1); x11 = v128.load(c1, 16);
    x20 = v128.load(c2); x21 = v128.load(c2, 16);
    x30 = v128.load(c3); x31 = v128.load(c3, 16);
  }
  for (; tapCount > 0; tapCount--) {
    const tap = load<u32>(taps);
    taps += 4;
    let r0 = a0 + tap, r1 = a1 + tap, r2 = a2 + tap, r3 = a3 + tap;
    let k = run;
    for (; k >= 4; k -= 4) {
      let b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = v128.load32_splat(r0); x00 = multiplyAdd(a, b0, x00); x01 = multiplyAdd(a, b1, x01);
      a = v128.load32_splat(r1); x10 = multiplyAdd(a, b0, x10); x11 = multiplyAdd(a, b1, x11);
      a = v128.load32_splat(r2); x20 = multiplyAdd(a, b0, x20); x21 = multiplyAdd(a, b1, x21);
      a = v128.load32_splat(r3); x30 = multiplyAdd(a, b0, x30); x31 = multiplyAdd(a, b1, x31);
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      a = v128.load32_splat(r0, 4); x00 = multiplyAdd(a, b0, x00); x01 = multiplyAdd(a, b1, x01);
      a = v128.load32_splat(r1, 4); x10 = multiplyAdd(a, b0, x10); x11 = multiplyAdd(a, b1, x11);
      a = v128.load32_splat(r2, 4); x20 = multiplyAdd(a, b0, x20); x21 = multiplyAdd(a, b1, x21);
      a = v128.load32_splat(r3, 4); x30 = multiplyAdd(a, b0, x30); x31 = multiplyAdd(a, b1, x31);
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      a = v128.load32_splat(r0, 8); x00 = multiplyAdd(a, b0, x00); x01 = multiplyAdd(a, b1, x01);
      a = v128.load32_splat(r1, 8); x10 = multiplyAdd(a, b0, x10); x11 = multiplyAdd(a, b1, x11);
      a = v128.load32_splat(r2, 8); x20 = multiplyAdd(a, b0, x20); x21 = multiplyAdd(a, b1, x21);
      a = v128.load32_splat(r3, 8); x30 = multiplyAdd(a, b0, x30); x31 = multiplyAdd(a, b1, x31);
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      a = v128.load32_splat(r0, 12); x00 = multiplyAdd(a, b0, x00); x01 = multiplyAdd(a, b1, x01);
      a = v128.load32_splat(r1, 12); x10 = multiplyAdd(a, b0, x10); x11 = multiplyAdd(a, b1, x11);
      a = v128.load32_splat(r2, 12); x20 = multiplyAdd(a, b0, x20); x21 = multiplyAdd(a, b1, x21);
      a = v128.load32_splat(r3, 12); x30 = multiplyAdd(a, b0, x30); x31 = multiplyAdd(a, b1, x31);
      r0 += 16; r1 += 16; r2 += 16; r3 += 16; b += 128;
    }
    for (; k > 0; k--) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = v128.load32_splat(r0); x00 = multiplyAdd(a, b0, x00); x01 = multiplyAdd(a, b1, x01);
      a = v128.load32_splat(r1); x10 = multiplyAdd(a, b0, x10); x11 = multiplyAdd(a, b1, x11);
      a = v128.load32_splat(r2); x20 = multiplyAdd(a, b0, x20); x21 = multiplyAdd(a, b1, x21);
      a = v128.load32_splat(r3); x30 = multiplyAdd(a, b0, x30); x31 = multiplyAdd(a, b1, x31);
      r0 += 4; r1 += 4; r2 += 4; r3 += 4; b += 32;
    }
  }
  v128.store(c0, x00); v128.store(c0, x01, 16);
  v128.store(c1, x10); v128.store(c1, x11, 16);
  v128.store(c2, x20); v128.store(c2, x21, 16);
  v128.store(c3, x30); v128.store(c3, x31, 16);
}

/**
 * Adds to four rows of a result, eight columns wide, `sum over k of a[k, row] * b[k, column]`: the four numbers of a `k`
 * are neighbours, and so are the eight. There are `lines` times `count` of them: the steps lead from one to the next within
 * a line, and from one line to the next, in bytes.
 */
export function columnTile(
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
