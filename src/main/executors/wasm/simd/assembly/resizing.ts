import { read, write } from './lanes';

/** The place in the source that a place of the result lies at. */
@inline
function placeOf(i: i32, input: i32, output: i32, alignCorners: bool): f64 {
  if (alignCorners) return output === 1 ? 0 : <f64>i * <f64>(input - 1) / <f64>(output - 1);
  return Math.max(0, (<f64>i + 0.5) * <f64>input / <f64>output - 0.5);
}

export function resizeBilinear(
  x: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  alignCorners: bool,
): void {
  resize(x, y, batch, height, width, channels, outputHeight, outputWidth, alignCorners, false);
}

export function resizeBilinearGrad(
  dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  alignCorners: bool,
): void {
  memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2);
  resize(dx, dy, batch, height, width, channels, outputHeight, outputWidth, alignCorners, true);
}

/** Mixes the four pixels around each place of `source` into `result`, or gives them their shares of it. */
@inline
function resize(
  source: usize, result: usize, batch: i32, height: i32, width: i32, channels: i32, outputHeight: i32, outputWidth: i32,
  alignCorners: bool, giving: bool,
): void {
  const pixel = <usize>channels << 2;
  for (; batch > 0; batch--) {
    for (let oy = 0; oy < outputHeight; oy++) {
      const placeY = placeOf(oy, height, outputHeight, alignCorners);
      const low = min(<i32>placeY, height - 1), high = min(low + 1, height - 1);
      const shareY = <f32>(placeY - <f64>low);
      for (let ox = 0; ox < outputWidth; ox++) {
        const placeX = placeOf(ox, width, outputWidth, alignCorners);
        const left = min(<i32>placeX, width - 1), right = min(left + 1, width - 1);
        const shareX = <f32>(placeX - <f64>left);
        const p0 = source + <usize>(low * width + left) * pixel, p1 = source + <usize>(low * width + right) * pixel;
        const p2 = source + <usize>(high * width + left) * pixel, p3 = source + <usize>(high * width + right) * pixel;
        const one: f32 = 1;
        const w0 = (one - shareY) * (one - shareX), w1 = (one - shareY) * shareX;
        const w2 = shareY * (one - shareX), w3 = shareY * shareX;
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(channels - c, 4);
          const offset = <usize>c << 2;
          if (giving) {
            const x = read(result + offset, lanes);
            give(p0 + offset, x, w0, lanes);
            give(p1 + offset, x, w1, lanes);
            give(p2 + offset, x, w2, lanes);
            give(p3 + offset, x, w3, lanes);
          } else {
            const above = f32x4.add(share(p0 + offset, w0, lanes), share(p1 + offset, w1, lanes));
            const below = f32x4.add(share(p2 + offset, w2, lanes), share(p3 + offset, w3, lanes));
            write(result + offset, f32x4.add(above, below), lanes);
          }
        }
        result += pixel;
      }
    }
    source += <usize>(height * width) * pixel;
  }
}

@inline
function share(from: usize, weight: f32, lanes: i32): v128 {
  return f32x4.mul(read(from, lanes), f32x4.splat(weight));
}

@inline
function give(to: usize, x: v128, weight: f32, lanes: i32): void {
  write(to, f32x4.add(read(to, lanes), f32x4.mul(x, f32x4.splat(weight))), lanes);
}
