import { loadSome } from './lanes';
import { TILE_COLUMNS } from './tiles';

/**
 * Copies a matrix of `k` rows and `n` columns, whose rows are `row` bytes away, into panels of eight columns: `panel`
 * bytes from one to the next, the missing columns of the last are 0.
 */
export function packPanels(from: usize, row: usize, k: i32, n: i32, to: usize, panel: usize): void {
  for (let j = 0; j < n; j += TILE_COLUMNS) {
    const columns = min(n - j, TILE_COLUMNS);
    let p = from + (<usize>j << 2), q = to;
    for (let i = 0; i < k; i++) {
      if (columns === TILE_COLUMNS) {
        v128.store(q, v128.load(p));
        v128.store(q, v128.load(p, 16), 16);
      } else {
        const left = min(columns, 4), right = columns - 4;
        v128.store(q, left === 4 ? v128.load(p) : loadSome(p, left));
        v128.store(q, right > 0 ? loadSome(p + 16, right) : f32x4.splat(0), 16);
      }
      p += row;
      q += 32;
    }
    to += panel;
  }
}

/** As `packPanels`, from the transposed matrix: `n` rows of `k` columns. */
export function packTransposedPanels(from: usize, row: usize, k: i32, n: i32, to: usize, panel: usize): void {
  for (let j = 0; j < n; j += 4) {
    // Four columns of a panel: its left or its right half.
    const rows = min(n - j, 4);
    const r0 = from + <usize>j * row;
    let q = to + <usize>(j >> 3) * panel + (<usize>(j & 4) << 2);
    if (rows === 4) packFourRows(r0, r0 + row, r0 + 2 * row, r0 + 3 * row, k, q, 32);
    else {
      for (let i = 0; i < k; i++) {
        let x = v128.load32_zero(r0 + (<usize>i << 2));
        if (rows > 1) x = f32x4.replace_lane(x, 1, load<f32>(r0 + row + (<usize>i << 2)));
        if (rows > 2) x = f32x4.replace_lane(x, 2, load<f32>(r0 + 2 * row + (<usize>i << 2)));
        v128.store(q, x);
        q += 32;
      }
    }
  }
  const columns = n & 7;
  if (columns > 0 && columns <= 4) {
    let q = to + <usize>(n >> 3) * panel + 16;
    for (let i = 0; i < k; i++) {
      v128.store(q, f32x4.splat(0));
      q += 32;
    }
  }
}

/** Four rows of `k` numbers as columns, `step` bytes from one number of a row to the next. */
export function packFourRows(r0: usize, r1: usize, r2: usize, r3: usize, k: i32, to: usize, step: usize): void {
  for (; k >= 4; k -= 4) {
    const a = v128.load(r0), b = v128.load(r1), c = v128.load(r2), d = v128.load(r3);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7), cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
    to += step;
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
    to += step;
    v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    to += step;
    v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    to += step;
    r0 += 16; r1 += 16; r2 += 16; r3 += 16;
  }
  for (; k > 0; k--) {
    store<f32>(to, load<f32>(r0));
    store<f32>(to, load<f32>(r1), 4);
    store<f32>(to, load<f32>(r2), 8);
    store<f32>(to, load<f32>(r3), 12);
    r0 += 4; r1 += 4; r2 += 4; r3 += 4; to += step;
  }
}

/** Copies `n` rows of `k` numbers as panels of four columns; the missing columns of the last are its last one again. */
export function packNarrowTransposedPanels(from: usize, row: usize, k: i32, n: i32, to: usize): void {
  for (let j = 0; j < n; j += 4) {
    const last = n - j - 1;
    const r1 = from + <usize>min(1, last) * row, r2 = from + <usize>min(2, last) * row;
    packFourRows(from, r1, r2, from + <usize>min(3, last) * row, k, to, 16);
    from += 4 * row;
    to += <usize>k << 4;
  }
}

/** Copies `n` columns of a matrix of `k` rows into panels of four columns; the missing columns of the last are 0. */
export function packNarrowPanels(from: usize, row: usize, k: i32, n: i32, to: usize): void {
  for (let j = 0; j < n; j += 4) {
    const columns = min(n - j, 4);
    let p = from + (<usize>j << 2);
    for (let i = 0; i < k; i++) {
      v128.store(to, columns === 4 ? v128.load(p) : loadSome(p, columns));
      p += row;
      to += 16;
    }
  }
}
