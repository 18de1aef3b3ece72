import { loadSome, storeSome } from './lanes';

/** The codes are those of `binaryOperations`. */
@inline
function compute(operation: i32, a: v128, b: v128): v128 {
  switch (operation) {
    case 0: return f32x4.add(a, b);
    case 1: return f32x4.sub(a, b);
    case 2: return f32x4.mul(a, b);
    case 3: return f32x4.div(a, b);
    case 4: return f32x4.max(a, b);
    case 5: return f32x4.min(a, b);
    case 6: return v128.and(f32x4.gt(a, b), f32x4.splat(1));
    case 7: return v128.and(f32x4.ge(a, b), f32x4.splat(1));
    case 8: return v128.and(f32x4.eq(a, b), f32x4.splat(1));
    case 9: return v128.and(a, f32x4.gt(b, f32x4.splat(0)));
    case 10: return f32x4.mul(f32x4.mul(b, a), f32x4.sub(f32x4.splat(1), a));
    default: return f32x4.mul(b, f32x4.sub(f32x4.splat(1), f32x4.mul(a, a)));
  }
}

/** Four numbers that lie `stride` apart; the same four times where it is 0. */
@inline
function read(from: usize, stride: i32, lanes: i32): v128 {
  if (stride === 1) return lanes === 4 ? v128.load(from) : loadSome(from, lanes);
  if (stride === 0) return v128.load32_splat(from);
  let x = v128.load32_zero(from);
  const step = <usize>stride << 2;
  if (lanes > 1) x = f32x4.replace_lane(x, 1, load<f32>(from + step));
  if (lanes > 2) x = f32x4.replace_lane(x, 2, load<f32>(from + 2 * step));
  if (lanes > 3) x = f32x4.replace_lane(x, 3, load<f32>(from + 3 * step));
  return x;
}

@inline
function row(operation: i32, a: usize, aStride: i32, b: usize, bStride: i32, y: usize, count: i32): void {
  const aStep = <usize>aStride << 4, bStep = <usize>bStride << 4;
  if (aStride === 1 && bStride === 1) {
    for (; count >= 4; count -= 4) {
      v128.store(y, compute(operation, v128.load(a), v128.load(b)));
      a += 16; b += 16; y += 16;
    }
  } else {
    for (; count >= 4; count -= 4) {
      v128.store(y, compute(operation, read(a, aStride, 4), read(b, bStride, 4)));
      a += aStep; b += bStep; y += 16;
    }
  }
  if (count > 0) storeSome(y, compute(operation, read(a, aStride, count), read(b, bStride, count)), count);
}

function anyRow(operation: i32, a: usize, aStride: i32, b: usize, bStride: i32, y: usize, count: i32): void {
  // A loop of its own for each: the operation is constant in it.
  switch (operation) {
    case 0: return row(0, a, aStride, b, bStride, y, count);
    case 1: return row(1, a, aStride, b, bStride, y, count);
    case 2: return row(2, a, aStride, b, bStride, y, count);
    case 3: return row(3, a, aStride, b, bStride, y, count);
    case 4: return row(4, a, aStride, b, bStride, y, count);
    case 5: return row(5, a, aStride, b, bStride, y, count);
    case 6: return row(6, a, aStride, b, bStride, y, count);
    case 7: return row(7, a, aStride, b, bStride, y, count);
    case 8: return row(8, a, aStride, b, bStride, y, count);
    case 9: return row(9, a, aStride, b, bStride, y, count);
    case 10: return row(10, a, aStride, b, bStride, y, count);
    default: return row(11, a, aStride, b, bStride, y, count);
  }
}

export function binary(
  operation: i32, a: usize, b: usize, y: usize,
  d0: i32, d1: i32, d2: i32, d3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32,
  b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  for (let i0 = 0; i0 < d0; i0++) {
    for (let i1 = 0; i1 < d1; i1++) {
      let p = a + (<usize>(i0 * a0 + i1 * a1) << 2), q = b + (<usize>(i0 * b0 + i1 * b1) << 2);
      for (let i2 = 0; i2 < d2; i2++) {
        anyRow(operation, p, a3, q, b3, y, d3);
        p += <usize>a2 << 2;
        q += <usize>b2 << 2;
        y += <usize>d3 << 2;
      }
    }
  }
}

export function select(
  condition: usize, a: usize, b: usize, y: usize, count: i32,
  conditionStride: i32, aStride: i32, bStride: i32,
): void {
  const zero = f32x4.splat(0);
  const step = <usize>conditionStride << 4, aStep = <usize>aStride << 4, bStep = <usize>bStride << 4;
  for (; count >= 4; count -= 4) {
    const holds = f32x4.ne(read(condition, conditionStride, 4), zero);
    v128.store(y, v128.bitselect(read(a, aStride, 4), read(b, bStride, 4), holds));
    condition += step; a += aStep; b += bStep; y += 16;
  }
  if (count > 0) {
    const holds = f32x4.ne(read(condition, conditionStride, count), zero);
    storeSome(y, v128.bitselect(read(a, aStride, count), read(b, bStride, count), holds), count);
  }
}
