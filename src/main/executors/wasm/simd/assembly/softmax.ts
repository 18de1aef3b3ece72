import { loadSome, storeSome } from './lanes';
import { exp, log } from './mathematics';
import { maximumRow, sumRow } from './reduction';

/** Writes `exp(x - largest)` and gives their sum. */
function shiftedPowers(x: usize, y: usize, columns: i32): f32 {
  const largest = f32x4.splat(maximumRow(x, columns));
  let p = x, q = y;
  let left = columns;
  for (; left >= 4; left -= 4) {
    v128.store(q, exp(f32x4.sub(v128.load(p), largest)));
    p += 16;
    q += 16;
  }
  if (left > 0) storeSome(q, exp(f32x4.sub(loadSome(p, left), largest)), left);
  return sumRow(y, columns);
}

/** Multiplies and adds in place. */
function scale(y: usize, columns: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; columns >= 4; columns -= 4) {
    v128.store(y, f32x4.mul(v128.load(y), f));
    y += 16;
  }
  for (; columns > 0; columns--) {
    store<f32>(y, load<f32>(y) * factor);
    y += 4;
  }
}

@inline
function logOf(x: f32): f32 {
  return f32x4.extract_lane(log(f32x4.splat(x)), 0);
}

export function softmax(x: usize, y: usize, rows: i32, columns: i32): void {
  const row = <usize>columns << 2;
  for (; rows > 0; rows--) {
    scale(y, columns, 1 / shiftedPowers(x, y, columns));
    x += row;
    y += row;
  }
}

/** The sum of `exp(x - largest)` without writing them. */
function sumOfPowers(x: usize, columns: i32, largest: f32): f32 {
  const shift = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  for (; columns >= 4; columns -= 4) {
    sum = f32x4.add(sum, exp(f32x4.sub(v128.load(x), shift)));
    x += 16;
  }
  let total = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
  for (; columns > 0; columns--) {
    total += f32x4.extract_lane(exp(f32x4.splat(load<f32>(x) - largest)), 0);
    x += 4;
  }
  return total;
}

export function logSoftmax(x: usize, y: usize, rows: i32, columns: i32): void {
  for (; rows > 0; rows--) {
    const largest = maximumRow(x, columns);
    const total = logOf(sumOfPowers(x, columns, largest));
    for (let i = 0; i < columns; i++) {
      store<f32>(y, load<f32>(x) - largest - total);
      x += 4;
      y += 4;
    }
  }
}

export function sparseSoftmaxCrossEntropy(
  logits: usize, labels: usize, losses: usize, dlogits: usize, rows: i32, columns: i32,
): i32 {
  const row = <usize>columns << 2;
  for (; rows > 0; rows--) {
    const label = load<i32>(labels);
    if (<u32>label >= <u32>columns) return 1;
    const largest = maximumRow(logits, columns);
    const total = shiftedPowers(logits, dlogits, columns);
    const place = <usize>label << 2;
    store<f32>(losses, logOf(total) - (load<f32>(logits + place) - largest));
    scale(dlogits, columns, 1 / total);
    store<f32>(dlogits + place, load<f32>(dlogits + place) - 1);
    logits += row;
    dlogits += row;
    labels += 4;
    losses += 4;
  }
  return 0;
}
