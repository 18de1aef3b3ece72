import { multiplyAdd, read, write } from './lanes';

/*
 * Statistics are made of pieces of so many rows that stay in the first-level cache: each piece has its own mean and sum of
 * squares about it, and these are merged (Chan, Golub and LeVeque 1979). It reads the images once and does not cancel.
 */
const PIECE_BYTES: i32 = 16384;

/** A factor and an offset for each channel. */
export function batchNormScratch(channels: i32): i32 {
  return 12 * channels + 48;
}

@inline
function pieceRows(channels: i32): i32 {
  return max(PIECE_BYTES / (channels << 2), 4);
}

/** The mean of each channel and the sum of squares about it. */
function statistics(x: usize, mean: usize, squares: usize, rows: i32, channels: i32): void {
  const row = <usize>channels << 2;
  const piece = pieceRows(channels);
  for (let done = 0; done < rows; done += piece) {
    const count = min(rows - done, piece);
    const weight: f32 = <f32>count / <f32>(done + count);
    for (let c = 0; c < channels; c += 4) {
      const lanes = min(channels - c, 4);
      const offset = <usize>c << 2;
      let s0 = f32x4.splat(0), s1 = s0;
      let p = x + offset;
      let i = count;
      for (; i >= 2; i -= 2) {
        s0 = f32x4.add(s0, read(p, lanes));
        s1 = f32x4.add(s1, read(p + row, lanes));
        p += 2 * row;
      }
      if (i > 0) s0 = f32x4.add(s0, read(p, lanes));
      const local = f32x4.div(f32x4.add(s0, s1), f32x4.splat(<f32>count));
      let q0 = f32x4.splat(0), q1 = q0;
      p = x + offset;
      for (i = count; i >= 2; i -= 2) {
        const a = f32x4.sub(read(p, lanes), local), b = f32x4.sub(read(p + row, lanes), local);
        q0 = multiplyAdd(a, a, q0);
        q1 = multiplyAdd(b, b, q1);
        p += 2 * row;
      }
      if (i > 0) {
        const a = f32x4.sub(read(p, lanes), local);
        q0 = multiplyAdd(a, a, q0);
      }
      let about = f32x4.add(q0, q1);
      if (done === 0) {
        write(mean + offset, local, lanes);
      } else {
        const before = read(mean + offset, lanes);
        const apart = f32x4.sub(local, before);
        write(mean + offset, multiplyAdd(apart, f32x4.splat(weight), before), lanes);
        about = f32x4.add(about, read(squares + offset, lanes));
        about = multiplyAdd(f32x4.mul(apart, apart), f32x4.splat(<f32>done * weight), about);
      }
      write(squares + offset, about, lanes);
    }
    x += <usize>count * row;
  }
}

/** `y = x * factor + shift`, channel by channel. */
function scaleRows(x: usize, y: usize, factor: usize, shift: usize, rows: i32, channels: i32): void {
  for (; rows > 0; rows--) {
    let f = factor, s = shift;
    let c = channels;
    for (; c >= 4; c -= 4) {
      v128.store(y, multiplyAdd(v128.load(x), v128.load(f), v128.load(s)));
      x += 16; y += 16; f += 16; s += 16;
    }
    for (; c > 0; c--) {
      store<f32>(y, load<f32>(x) * load<f32>(f) + load<f32>(s));
      x += 4; y += 4; f += 4; s += 4;
    }
  }
}

/** The factor and shift that normalize a channel. */
function writeFactors(
  scale: usize, offset: usize, mean: usize, variance: usize, channels: i32, epsilon: f32, factor: usize, shift: usize,
): void {
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) {
    const f = load<f32>(scale + c) / sqrt<f32>(load<f32>(variance + c) + epsilon);
    store<f32>(factor + c, f);
    store<f32>(shift + c, load<f32>(offset + c) - load<f32>(mean + c) * f);
  }
}

export function batchNormTraining(
  x: usize, scale: usize, offset: usize, runningMean: usize, runningVariance: usize,
  y: usize, newMean: usize, newVariance: usize, savedMean: usize, savedVariance: usize,
  rows: i32, channels: i32, epsilon: f32, momentum: f32, scratch: usize,
): void {
  statistics(x, savedMean, savedVariance, rows, channels);
  const count: f32 = <f32>rows, unbiased: f32 = <f32>max(rows - 1, 1);
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) {
    const squares = load<f32>(savedVariance + c);
    store<f32>(savedVariance + c, squares / count);
    store<f32>(newMean + c, (1 - momentum) * load<f32>(runningMean + c) + momentum * load<f32>(savedMean + c));
    store<f32>(newVariance + c, (1 - momentum) * load<f32>(runningVariance + c) + momentum * (squares / unbiased));
  }
  batchNormInference(x, scale, offset, savedMean, savedVariance, y, rows, channels, epsilon, scratch);
}

export function batchNormInference(
  x: usize, scale: usize, offset: usize, mean: usize, variance: usize, y: usize,
  rows: i32, channels: i32, epsilon: f32, scratch: usize,
): void {
  const shift = scratch + (<usize>channels << 2);
  writeFactors(scale, offset, mean, variance, channels, epsilon, scratch, shift);
  scaleRows(x, y, scratch, shift, rows, channels);
}

export function batchNormTrainingGrad(
  dy: usize, x: usize, scale: usize, savedMean: usize, savedVariance: usize,
  dx: usize, dscale: usize, doffset: usize,
  rows: i32, channels: i32, epsilon: f32, scratch: usize,
): void {
  const row = <usize>channels << 2;
  memory.fill(dscale, 0, row);
  memory.fill(doffset, 0, row);
  const piece = pieceRows(channels);
  for (let done = 0; done < rows; done += piece) {
    const count = min(rows - done, piece);
    const start = <usize>done * row;
    for (let c = 0; c < channels; c += 4) {
      const lanes = min(channels - c, 4);
      const at = <usize>c << 2;
      const mean = read(savedMean + at, lanes);
      let p = dy + start + at, q = x + start + at;
      let s0 = f32x4.splat(0), s1 = s0, t0 = s0, t1 = s0;
      let i = count;
      for (; i >= 2; i -= 2) {
        const g0 = read(p, lanes), g1 = read(p + row, lanes);
        s0 = f32x4.add(s0, g0);
        s1 = f32x4.add(s1, g1);
        t0 = multiplyAdd(g0, f32x4.sub(read(q, lanes), mean), t0);
        t1 = multiplyAdd(g1, f32x4.sub(read(q + row, lanes), mean), t1);
        p += 2 * row;
        q += 2 * row;
      }
      if (i > 0) {
        const g = read(p, lanes);
        s0 = f32x4.add(s0, g);
        t0 = multiplyAdd(g, f32x4.sub(read(q, lanes), mean), t0);
      }
      write(doffset + at, f32x4.add(read(doffset + at, lanes), f32x4.add(s0, s1)), lanes);
      write(dscale + at, f32x4.add(read(dscale + at, lanes), f32x4.add(t0, t1)), lanes);
    }
  }
  // dx = dy * factor + x * slope + shift.
  const factor = scratch, slope = scratch + row, shift = scratch + 2 * row;
  const n: f32 = <f32>rows;
  for (let c: usize = 0; c < row; c += 4) {
    const inverse: f32 = 1 / sqrt<f32>(load<f32>(savedVariance + c) + epsilon);
    const weighted = load<f32>(dscale + c) * inverse;
    store<f32>(dscale + c, weighted);
    const f = load<f32>(scale + c) * inverse;
    const s = -f * inverse * weighted / n;
    store<f32>(factor + c, f);
    store<f32>(slope + c, s);
    store<f32>(shift + c, -f * load<f32>(doffset + c) / n - s * load<f32>(savedMean + c));
  }
  for (; rows > 0; rows--) {
    let f = factor, s = slope, h = shift;
    let c = channels;
    for (; c >= 4; c -= 4) {
      const rest = multiplyAdd(v128.load(x), v128.load(s), v128.load(h));
      v128.store(dx, multiplyAdd(v128.load(dy), v128.load(f), rest));
      dx += 16; dy += 16; x += 16; f += 16; s += 16; h += 16;
    }
    for (; c > 0; c--) {
      store<f32>(dx, load<f32>(dy) * load<f32>(f) + (load<f32>(x) * load<f32>(s) + load<f32>(h)));
      dx += 4; dy += 4; x += 4; f += 4; s += 4; h += 4;
    }
  }
}
