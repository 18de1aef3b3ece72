import { read, write } from './lanes';

// The pooling described last; the lanes are four neighbouring channels.
let batch: i32, height: i32, width: i32, channels: i32;
let windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32;
let outputHeight: i32, outputWidth: i32;

export function pooling(
  batch_: i32, height_: i32, width_: i32, channels_: i32,
  windowHeight_: i32, windowWidth_: i32, strideY_: i32, strideX_: i32, top_: i32, left_: i32,
  outputHeight_: i32, outputWidth_: i32,
): void {
  batch = batch_; height = height_; width = width_; channels = channels_;
  windowHeight = windowHeight_; windowWidth = windowWidth_; strideY = strideY_; strideX = strideX_;
  top = top_; left = left_; outputHeight = outputHeight_; outputWidth = outputWidth_;
}

@inline
function firstOf(output: i32, stride: i32, before: i32): i32 {
  return max(output * stride - before, 0);
}

@inline
function endOf(output: i32, stride: i32, before: i32, window: i32, size: i32): i32 {
  return min(output * stride - before + window, size);
}

export function maxPool(x: usize, y: usize): void {
  pool(x, y, false);
}

export function averagePool(x: usize, y: usize): void {
  pool(x, y, true);
}

/** The largest of each window, or the mean. */
@inline
function pool(x: usize, y: usize, averages: bool): void {
  const pixel = <usize>channels << 2;
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outputHeight; oy++) {
      const y0 = firstOf(oy, strideY, top), y1 = endOf(oy, strideY, top, windowHeight, height);
      for (let ox = 0; ox < outputWidth; ox++) {
        const x0 = firstOf(ox, strideX, left), x1 = endOf(ox, strideX, left, windowWidth, width);
        const count = f32x4.splat(<f32>((y1 - y0) * (x1 - x0)));
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(channels - c, 4);
          const from = x + (<usize>c << 2);
          let result = f32x4.splat(averages ? 0 : -Infinity);
          for (let iy = y0; iy < y1; iy++) {
            let p = from + <usize>(iy * width + x0) * pixel;
            for (let ix = x0; ix < x1; ix++) {
              const value = read(p, lanes);
              // Not-a-number stays.
              result = averages ? f32x4.add(result, value) : f32x4.max(result, value);
              p += pixel;
            }
          }
          write(y + (<usize>c << 2), averages ? f32x4.div(result, count) : result, lanes);
        }
        y += pixel;
      }
    }
    x += <usize>(height * width) * pixel;
  }
}

export function maxPoolGrad(x: usize, dy: usize, dx: usize): void {
  const pixel = <usize>channels << 2;
  memory.fill(dx, 0, <usize>(batch * height * width) * pixel);
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outputHeight; oy++) {
      const y0 = firstOf(oy, strideY, top), y1 = endOf(oy, strideY, top, windowHeight, height);
      for (let ox = 0; ox < outputWidth; ox++) {
        const x0 = firstOf(ox, strideX, left), x1 = endOf(ox, strideX, left, windowWidth, width);
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(channels - c, 4);
          const from = x + (<usize>c << 2);
          const first = y0 * width + x0;
          let best = read(from + <usize>first * pixel, lanes);
          let winner = i32x4.splat(first);
          for (let iy = y0; iy < y1; iy++) {
            for (let ix = x0; ix < x1; ix++) {
              const place = iy * width + ix;
              const value = read(from + <usize>place * pixel, lanes);
              const wins = v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
              best = v128.bitselect(value, best, wins);
              winner = v128.bitselect(i32x4.splat(place), winner, wins);
            }
          }
          const to = dx + (<usize>c << 2), gradient = dy + (<usize>c << 2);
          give(to + <usize>i32x4.extract_lane(winner, 0) * pixel, gradient);
          if (lanes > 1) give(to + <usize>i32x4.extract_lane(winner, 1) * pixel + 4, gradient + 4);
          if (lanes > 2) give(to + <usize>i32x4.extract_lane(winner, 2) * pixel + 8, gradient + 8);
          if (lanes > 3) give(to + <usize>i32x4.extract_lane(winner, 3) * pixel + 12, gradient + 12);
        }
        dy += pixel;
      }
    }
    x += <usize>(height * width) * pixel;
    dx += <usize>(height * width) * pixel;
  }
}

@inline
function give(to: usize, from: usize): void {
  store<f32>(to, load<f32>(to) + load<f32>(from));
}

export function averagePoolGrad(dy: usize, dx: usize): void {
  const pixel = <usize>channels << 2;
  memory.fill(dx, 0, <usize>(batch * height * width) * pixel);
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outputHeight; oy++) {
      const y0 = firstOf(oy, strideY, top), y1 = endOf(oy, strideY, top, windowHeight, height);
      for (let ox = 0; ox < outputWidth; ox++) {
        const x0 = firstOf(ox, strideX, left), x1 = endOf(ox, strideX, left, windowWidth, width);
        const count = f32x4.splat(<f32>((y1 - y0) * (x1 - x0)));
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(channels - c, 4);
          const share = f32x4.div(read(dy + (<usize>c << 2), lanes), count);
          for (let iy = y0; iy < y1; iy++) {
            let p = dx + (<usize>c << 2) + <usize>(iy * width + x0) * pixel;
            for (let ix = x0; ix < x1; ix++) {
              write(p, f32x4.add(read(p, lanes), share), lanes);
              p += pixel;
            }
          }
        }
        dy += pixel;
      }
    }
    dx += <usize>(height * width) * pixel;
  }
}
