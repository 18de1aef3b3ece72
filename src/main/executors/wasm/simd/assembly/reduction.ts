import { loadSome, maximumOfLanes, storeSome, sumOfLanes } from './lanes';

/*
 * Sums are made of pieces of so many numbers, which are added up in turn, those of rows in double precision: the error grows
 * with the length of a piece and the number of pieces, not with their product.
 */
const PIECE: i32 = 512;

/** The sum of numbers that lie behind one another. */
export function sumRow(x: usize, count: i32): f32 {
  let total: f64 = 0;
  for (; count > 0; count -= PIECE) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let left = min(count, PIECE);
    for (; left >= 16; left -= 16) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += 64;
    }
    for (; left >= 4; left -= 4) {
      s0 = f32x4.add(s0, v128.load(x));
      x += 16;
    }
    if (left > 0) {
      s1 = f32x4.add(s1, loadSome(x, left));
      x += <usize>left << 2;
    }
    total += <f64>sumOfLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  return <f32>total;
}

/** The largest of numbers that lie behind one another, of at least one; not-a-number wins. */
export function maximumRow(x: usize, count: i32): f32 {
  let best = f32x4.splat(-Infinity), b1 = best, b2 = best, b3 = best;
  for (; count >= 16; count -= 16) {
    best = f32x4.max(best, v128.load(x));
    b1 = f32x4.max(b1, v128.load(x, 16));
    b2 = f32x4.max(b2, v128.load(x, 32));
    b3 = f32x4.max(b3, v128.load(x, 48));
    x += 64;
  }
  best = f32x4.max(f32x4.max(best, b1), f32x4.max(b2, b3));
  for (; count >= 4; count -= 4) {
    best = f32x4.max(best, v128.load(x));
    x += 16;
  }
  let most = maximumOfLanes(best);
  for (; count > 0; count--) {
    most = max(most, load<f32>(x));
    x += 4;
  }
  return most;
}

/** Sums [count, inner] over the first axis, in pieces: adds to what is in `y`. */
function addColumns(x: usize, y: usize, count: i32, inner: i32): void {
  const row = <usize>inner << 2;
  for (; count > 0; count -= PIECE) {
    const rows = min(count, PIECE);
    let j = 0;
    for (; j + 16 <= inner; j += 16) {
      let p = x + (<usize>j << 2);
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let i = rows; i > 0; i--) {
        s0 = f32x4.add(s0, v128.load(p));
        s1 = f32x4.add(s1, v128.load(p, 16));
        s2 = f32x4.add(s2, v128.load(p, 32));
        s3 = f32x4.add(s3, v128.load(p, 48));
        p += row;
      }
      const to = y + (<usize>j << 2);
      v128.store(to, f32x4.add(v128.load(to), s0));
      v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
      v128.store(to, f32x4.add(v128.load(to, 32), s2), 32);
      v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
    }
    for (; j < inner; j += 4) {
      const lanes = min(inner - j, 4);
      let p = x + (<usize>j << 2);
      const to = y + (<usize>j << 2);
      let sum = f32x4.splat(0);
      if (lanes === 4) {
        for (let i = rows; i > 0; i--) {
          sum = f32x4.add(sum, v128.load(p));
          p += row;
        }
        v128.store(to, f32x4.add(v128.load(to), sum));
      } else {
        for (let i = rows; i > 0; i--) {
          sum = f32x4.add(sum, loadSome(p, lanes));
          p += row;
        }
        storeSome(to, f32x4.add(loadSome(to, lanes), sum), lanes);
      }
    }
    x += <usize>rows * row;
  }
}

function maximumColumns(x: usize, y: usize, count: i32, inner: i32): void {
  const row = <usize>inner << 2;
  for (let j = 0; j < inner; j += 4) {
    const lanes = min(inner - j, 4);
    let p = x + (<usize>j << 2);
    let best = f32x4.splat(-Infinity);
    for (let i = count; i > 0; i--) {
      best = f32x4.max(best, lanes === 4 ? v128.load(p) : loadSome(p, lanes));
      p += row;
    }
    const to = y + (<usize>j << 2);
    if (lanes === 4) v128.store(to, best);
    else storeSome(to, best, lanes);
  }
}

/** The codes are those of `reductions`. */
export function reduce(reduction: i32, x: usize, y: usize, outer: i32, count: i32, inner: i32): void {
  const block = <usize>(count * inner) << 2;
  const size: f32 = <f32>count;
  for (; outer > 0; outer--) {
    if (inner === 1) {
      const total = reduction === 2 ? maximumRow(x, count) : sumRow(x, count);
      store<f32>(y, reduction === 1 ? total / size : total);
    } else if (reduction === 2) maximumColumns(x, y, count, inner);
    else {
      memory.fill(y, 0, <usize>inner << 2);
      addColumns(x, y, count, inner);
      if (reduction === 1) {
        for (let i = 0; i < inner; i++) store<f32>(y + (<usize>i << 2), load<f32>(y + (<usize>i << 2)) / size);
      }
    }
    x += block;
    y += <usize>inner << 2;
  }
}

export function argMax(x: usize, y: usize, outer: i32, count: i32, inner: i32): void {
  const row = <usize>inner << 2;
  for (; outer > 0; outer--) {
    for (let j = 0; j < inner; j++) {
      let p = x + (<usize>j << 2);
      let best = load<f32>(p);
      let winner = 0;
      for (let i = 1; i < count; i++) {
        p += row;
        const value = load<f32>(p);
        if (value > best) {
          best = value;
          winner = i;
        }
      }
      store<i32>(y, winner);
      y += 4;
    }
    x += <usize>count * row;
  }
}

export function l2Loss(x: usize, y: usize, count: i32): void {
  let total: f64 = 0;
  for (; count > 0; count -= PIECE) {
    let left = min(count, PIECE);
    let s0 = f32x4.splat(0), s1 = s0;
    for (; left >= 8; left -= 8) {
      const a = v128.load(x), b = v128.load(x, 16);
      s0 = f32x4.add(s0, f32x4.mul(a, a));
      s1 = f32x4.add(s1, f32x4.mul(b, b));
      x += 32;
    }
    let piece = sumOfLanes(f32x4.add(s0, s1));
    for (; left > 0; left--) {
      const value = load<f32>(x);
      piece += value * value;
      x += 4;
    }
    total += <f64>piece;
  }
  store<f32>(y, <f32>(total * 0.5));
}
