import { packFourRows } from './packing';

export function transpose(x: usize, y: usize, outer: i32, rows: i32, columns: i32): void {
  const row = <usize>columns << 2, step = <usize>rows << 2;
  const bytes = <usize>rows * row;
  for (; outer > 0; outer--) {
    // A square of so many rows at a time, so that the lines it is written to stay in the first-level cache.
    for (let j = 0; j < columns; j += 32) {
      const run = min(columns - j, 32);
      const from = x + (<usize>j << 2), to = y + <usize>j * step;
      let i = 0;
      for (; i + 4 <= rows; i += 4) {
        const r = from + <usize>i * row;
        packFourRows(r, r + row, r + 2 * row, r + 3 * row, run, to + (<usize>i << 2), step);
      }
      for (; i < rows; i++) copyRow(from + <usize>i * row, to + (<usize>i << 2), run, 4, step);
    }
    x += bytes;
    y += bytes;
  }
}

@inline
function copyRow(from: usize, to: usize, count: i32, fromStep: usize, toStep: usize): void {
  for (; count > 0; count--) {
    store<u32>(to, load<u32>(from));
    from += fromStep;
    to += toStep;
  }
}

@inline
function copyGrid(
  x: usize, y: usize, d0: i32, d1: i32, d2: i32, d3: i32, s0: i32, s1: i32, s2: i32, s3: i32, placing: bool,
): void {
  let packed = placing ? x : y;
  const apart = placing ? y : x;
  const step = <usize>s3 << 2;
  for (let i0 = 0; i0 < d0; i0++) {
    for (let i1 = 0; i1 < d1; i1++) {
      let p = apart + (<usize>(i0 * s0 + i1 * s1) << 2);
      for (let i2 = 0; i2 < d2; i2++) {
        if (s3 === 1) {
          if (placing) memory.copy(p, packed, <usize>d3 << 2);
          else memory.copy(packed, p, <usize>d3 << 2);
        } else if (placing) copyRow(packed, p, d3, 4, step);
        else copyRow(p, packed, d3, step, 4);
        p += <usize>s2 << 2;
        packed += <usize>d3 << 2;
      }
    }
  }
}

export function copyStrided(
  x: usize, y: usize, d0: i32, d1: i32, d2: i32, d3: i32, s0: i32, s1: i32, s2: i32, s3: i32,
): void {
  copyGrid(x, y, d0, d1, d2, d3, s0, s1, s2, s3, false);
}

export function placeStrided(
  x: usize, y: usize, d0: i32, d1: i32, d2: i32, d3: i32, s0: i32, s1: i32, s2: i32, s3: i32,
): void {
  copyGrid(x, y, d0, d1, d2, d3, s0, s1, s2, s3, true);
}

export function fill(y: usize, count: i32, value: f32): void {
  const x = f32x4.splat(value);
  for (; count >= 4; count -= 4) {
    v128.store(y, x);
    y += 16;
  }
  for (; count > 0; count--) {
    store<f32>(y, value);
    y += 4;
  }
}

export function gather(
  table: usize, indices: usize, y: usize, outer: i32, depth: i32, picks: i32, inner: i32,
): i32 {
  const row = <usize>inner << 2;
  for (; outer > 0; outer--) {
    for (let i = 0; i < picks; i++) {
      const index = load<u32>(indices + (<usize>i << 2));
      if (index >= <u32>depth) return 1;
      memory.copy(y, table + <usize>index * row, row);
      y += row;
    }
    table += <usize>depth * row;
  }
  return 0;
}

export function unsortedSegmentSum(x: usize, segments: usize, y: usize, rows: i32, count: i32, inner: i32): i32 {
  const row = <usize>inner << 2;
  memory.fill(y, 0, <usize>count * row);
  for (; rows > 0; rows--) {
    const segment = load<u32>(segments);
    if (segment >= <u32>count) return 1;
    let to = y + <usize>segment * row;
    let left = inner;
    for (; left >= 4; left -= 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(x)));
      to += 16;
      x += 16;
    }
    for (; left > 0; left--) {
      store<f32>(to, load<f32>(to) + load<f32>(x));
      to += 4;
      x += 4;
    }
    segments += 4;
  }
  return 0;
}
