import {
  batch, channels, dilationX, dilationY, height, kernelHeight, kernelWidth, left, outputHeight, outputWidth, paddedHeight,
  paddedWidth, padImage, strideX, strideY, top, width,
} from './geometry';
import { loadSome, multiplyAdd, storeSome } from './lanes';
import { meets, reach, reachedSize } from './conv2dBackpropInput';

/*
 * Each channel by itself: the lanes are four neighbouring channels. Taps are pairs of offsets in bytes, into the padded
 * image and into the kernel of [places, channels].
 */

function pairBytes(): i32 {
  return (8 * kernelHeight * kernelWidth + 15) & ~15;
}

export function depthwiseScratch(): i32 {
  return pairBytes() + 4 * max(paddedHeight, height) * max(paddedWidth, width) * channels;
}

export function depthwiseInputScratch(): i32 {
  const rows = reachedSize(height, outputHeight, top, kernelHeight, dilationY, strideY);
  const columns = reachedSize(width, outputWidth, left, kernelWidth, dilationX, strideX);
  return pairBytes() + 4 * rows * columns * channels;
}

function writePairs(to: usize): i32 {
  const pixel = channels << 2;
  for (let y = 0; y < kernelHeight; y++) {
    for (let x = 0; x < kernelWidth; x++) {
      store<u32>(to, (y * dilationY * paddedWidth + x * dilationX) * pixel);
      store<u32>(to, (y * kernelWidth + x) * pixel, 4);
      to += 8;
    }
  }
  return kernelHeight * kernelWidth;
}

/** A grid of pixels, each the sum over the taps of image times kernel. */
function sumTaps(
  a: usize, aRow: usize, aColumn: usize, pairs: usize, count: i32, kernel: usize,
  c: usize, cRow: usize, cColumn: usize, rows: i32, columns: i32,
): void {
  const end = pairs + (<usize>count << 3);
  for (let y = 0; y < rows; y++) {
    for (let channel = 0; channel < channels; channel += 4) {
      const lanes = min(channels - channel, 4);
      const weights = kernel + (<usize>channel << 2);
      let from = a + (<usize>channel << 2), to = c + (<usize>channel << 2);
      if (lanes < 4) {
        for (let x = 0; x < columns; x++) {
          let sum = f32x4.splat(0);
          for (let p = pairs; p < end; p += 8) {
            sum = multiplyAdd(loadSome(from + load<u32>(p), lanes), loadSome(weights + load<u32>(p, 4), lanes), sum);
          }
          storeSome(to, sum, lanes);
          from += aColumn;
          to += cColumn;
        }
        continue;
      }
      let x = columns;
      // Four pixels share what they read of the kernel.
      for (; x >= 4; x -= 4) {
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        const r1 = from + aColumn, r2 = r1 + aColumn, r3 = r2 + aColumn;
        for (let p = pairs; p < end; p += 8) {
          const tap = load<u32>(p);
          const weight = v128.load(weights + load<u32>(p, 4));
          s0 = multiplyAdd(v128.load(from + tap), weight, s0);
          s1 = multiplyAdd(v128.load(r1 + tap), weight, s1);
          s2 = multiplyAdd(v128.load(r2 + tap), weight, s2);
          s3 = multiplyAdd(v128.load(r3 + tap), weight, s3);
        }
        v128.store(to, s0);
        v128.store(to + cColumn, s1);
        v128.store(to + 2 * cColumn, s2);
        v128.store(to + 3 * cColumn, s3);
        from = r3 + aColumn;
        to += 4 * cColumn;
      }
      for (; x > 0; x--) {
        let sum = f32x4.splat(0);
        for (let p = pairs; p < end; p += 8) {
          sum = multiplyAdd(v128.load(from + load<u32>(p)), v128.load(weights + load<u32>(p, 4)), sum);
        }
        v128.store(to, sum);
        from += aColumn;
        to += cColumn;
      }
    }
    a += aRow;
    c += cRow;
  }
}

export function depthwiseForward(x: usize, kernel: usize, y: usize, scratch: usize): void {
  const copy = scratch + pairBytes();
  const pixel = <usize>channels << 2;
  const count = writePairs(scratch);
  memory.fill(copy, 0, <usize>(paddedHeight * paddedWidth) * pixel);
  for (let n = 0; n < batch; n++) {
    padImage(x, height, width, pixel, copy, paddedHeight, paddedWidth, top, left);
    sumTaps(
      copy, <usize>(strideY * paddedWidth) * pixel, strideX * pixel, scratch, count, kernel,
      y, <usize>outputWidth * pixel, pixel, outputHeight, outputWidth,
    );
    x += <usize>(height * width) * pixel;
    y += <usize>(outputHeight * outputWidth) * pixel;
  }
}

export function depthwiseBackpropInput(kernel: usize, dy: usize, dx: usize, scratch: usize): void {
  const rows = reachedSize(height, outputHeight, top, kernelHeight, dilationY, strideY);
  const columns = reachedSize(width, outputWidth, left, kernelWidth, dilationX, strideX);
  const reachY = reach(kernelHeight, dilationY, strideY), reachX = reach(kernelWidth, dilationX, strideX);
  const copy = scratch + pairBytes();
  const pixel = <usize>channels << 2;
  memory.fill(copy, 0, <usize>(rows * columns) * pixel);
  for (let n = 0; n < batch; n++) {
    padImage(dy, outputHeight, outputWidth, pixel, copy, rows, columns, reachY, reachX);
    for (let firstY = 0; firstY < min(strideY, height); firstY++) {
      for (let firstX = 0; firstX < min(strideX, width); firstX++) {
        let count = 0;
        for (let y = 0; y < kernelHeight; y++) {
          if (!meets(firstY, top, y, dilationY, strideY)) continue;
          const row = (firstY + top - y * dilationY) / strideY + reachY;
          for (let x = 0; x < kernelWidth; x++) {
            if (!meets(firstX, left, x, dilationX, strideX)) continue;
            const column = (firstX + left - x * dilationX) / strideX + reachX;
            store<u32>(scratch + (<usize>count << 3), <u32>(row * columns + column) * <u32>pixel);
            store<u32>(scratch + (<usize>count << 3), <u32>(y * kernelWidth + x) * <u32>pixel, 4);
            count++;
          }
        }
        sumTaps(
          copy, <usize>columns * pixel, pixel, scratch, count, kernel,
          dx + <usize>(firstY * width + firstX) * pixel, <usize>(strideY * width) * pixel, strideX * pixel,
          (height - firstY + strideY - 1) / strideY, (width - firstX + strideX - 1) / strideX,
        );
      }
    }
    dy += <usize>(outputHeight * outputWidth) * pixel;
    dx += <usize>(height * width) * pixel;
  }
}

export function depthwiseBackpropFilter(x: usize, dy: usize, dkernel: usize, scratch: usize): void {
  const copy = scratch + pairBytes();
  const pixel = <usize>channels << 2;
  const count = writePairs(scratch);
  memory.fill(copy, 0, <usize>(paddedHeight * paddedWidth) * pixel);
  memory.fill(dkernel, 0, <usize>count * pixel);
  for (let n = 0; n < batch; n++) {
    padImage(x, height, width, pixel, copy, paddedHeight, paddedWidth, top, left);
    for (let line = 0; line < outputHeight; line++) {
      const from = copy + <usize>(line * strideY * paddedWidth) * pixel;
      const gradient = dy + <usize>(line * outputWidth) * pixel;
      for (let t = 0; t < count; t++) {
        const pair = scratch + (<usize>t << 3);
        multiplyLine(from + load<u32>(pair), strideX * pixel, gradient, pixel, dkernel + load<u32>(pair, 4));
      }
    }
    x += <usize>(height * width) * pixel;
    dy += <usize>(outputHeight * outputWidth) * pixel;
  }
}

/** Adds the products of a line of pixels, channel by channel, to one place of the kernel. */
function multiplyLine(a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  for (let channel = 0; channel < channels; channel += 4) {
    const lanes = min(channels - channel, 4);
    let p = a, q = b;
    if (lanes === 4) {
      let sum = v128.load(to);
      for (let x = outputWidth; x > 0; x--) {
        sum = multiplyAdd(v128.load(p), v128.load(q), sum);
        p += aStep;
        q += bStep;
      }
      v128.store(to, sum);
    } else {
      let sum = loadSome(to, lanes);
      for (let x = outputWidth; x > 0; x--) {
        sum = multiplyAdd(loadSome(p, lanes), loadSome(q, lanes), sum);
        p += aStep;
        q += bStep;
      }
      storeSome(to, sum, lanes);
    }
    a += 16;
    b += 16;
    to += 16;
  }
}
