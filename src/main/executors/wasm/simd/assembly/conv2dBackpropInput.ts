import { depthwiseBackpropInput, depthwiseInputScratch } from './depthwise';
import {
  batch, channels, depthwise, dilationX, dilationY, filters, groupChannels, groupFilters, groups, height, kernelHeight,
  kernelWidth, left, outputHeight, outputWidth, padImage, SLACK, strideX, strideY, tapBytes, top, width,
} from './geometry';
import { roundUp } from './lanes';
import { packTransposedPanels } from './packing';
import { multiplyWindows, packedPixelBytes } from './pixels';
import { TILE_BYTES, TILE_COLUMNS } from './tiles';

/*
 * A pixel of x gets `dy[o] * kernel[k]` from every place k of the window with `o * stride = pixel + before - k * dilation`.
 * Pixels whose positions leave the same rest by the stride meet the same places: each such phase is a convolution of the
 * padded dy with those places in reverse order, whose results lie `stride` pixels apart.
 */

/** Padding before dy along an axis: how far before its first element a window may reach. */
@inline
export function reach(window: i32, dilation: i32, stride: i32): i32 {
  return ((window - 1) * dilation + stride - 1) / stride;
}

/** Elements of the padded dy along an axis. */
@inline
export function reachedSize(size: i32, output: i32, before: i32, window: i32, dilation: i32, stride: i32): i32 {
  return reach(window, dilation, stride) + max(output, (size - 1 + before) / stride + 1);
}

/** Whether a place of the window meets the pixels from `first`, every `stride`. */
@inline
export function meets(first: i32, before: i32, place: i32, dilation: i32, stride: i32): bool {
  return (first + before - place * dilation) % stride === 0;
}

export function inputPaddedBytes(): i32 {
  const rows = reachedSize(height, outputHeight, top, kernelHeight, dilationY, strideY);
  const columns = reachedSize(width, outputWidth, left, kernelWidth, dilationX, strideX);
  return rows === outputHeight && columns === outputWidth ? 0 : 4 * rows * columns * filters + SLACK;
}

export function inputScratch(): i32 {
  if (depthwise) return depthwiseInputScratch();
  const k = kernelHeight * kernelWidth * groupFilters;
  const panels = 4 * k * roundUp(groupChannels, TILE_COLUMNS);
  return tapBytes() + roundUp(inputPaddedBytes(), 16) + groups * panels + packedPixelBytes(k);
}

export function conv2dBackpropInput(kernel: usize, dy: usize, dx: usize, scratch: usize): void {
  if (depthwise) return depthwiseBackpropInput(kernel, dy, dx, scratch);
  const isPadded = inputPaddedBytes() > 0;
  const copy = scratch + tapBytes();
  if (isPadded) memory.fill(copy, 0, inputPaddedBytes());
  for (let y = 0; y < min(strideY, height); y++) {
    for (let x = 0; x < min(strideX, width); x++) phase(y, x, kernel, dy, dx, scratch, copy, isPadded);
  }
}

/** The pixels of x that lie whole strides from a first one. */
function phase(
  firstY: i32, firstX: i32, kernel: usize, dy: usize, dx: usize, scratch: usize, copy: usize, isPadded: bool,
): void {
  const rows = reachedSize(height, outputHeight, top, kernelHeight, dilationY, strideY);
  const columns = reachedSize(width, outputWidth, left, kernelWidth, dilationX, strideX);
  const reachY = reach(kernelHeight, dilationY, strideY), reachX = reach(kernelWidth, dilationX, strideX);
  // Places that follow one another in dy are one run.
  let places = 0, lastX = 0;
  let joined = groups === 1;
  for (let x = kernelWidth - 1; x >= 0; x--) {
    if (!meets(firstX, left, x, dilationX, strideX)) continue;
    const from = (firstX + left - x * dilationX) / strideX;
    if (places > 0 && from !== lastX + 1) joined = false;
    lastX = from;
    places++;
  }
  const pixel = <usize>filters << 2;
  const packed = copy + roundUp(inputPaddedBytes(), 16);
  const run = joined ? places * filters : groupFilters;
  let tapCount = 0, met = 0;
  for (let y = kernelHeight - 1; y >= 0; y--) {
    if (meets(firstY, top, y, dilationY, strideY)) met += places;
  }
  const k = met * groupFilters;
  const groupBytes = <usize>(k * roundUp(groupChannels, TILE_COLUMNS)) << 2;
  let position = 0;
  for (let y = kernelHeight - 1; y >= 0; y--) {
    if (!meets(firstY, top, y, dilationY, strideY)) continue;
    const row = (firstY + top - y * dilationY) / strideY + reachY;
    let first = true;
    for (let x = kernelWidth - 1; x >= 0; x--) {
      if (!meets(firstX, left, x, dilationX, strideX)) continue;
      const column = (firstX + left - x * dilationX) / strideX + reachX;
      if (first || !joined) {
        store<u32>(scratch + (<usize>tapCount << 2), <u32>(row * columns + column) * <u32>pixel);
        tapCount++;
      }
      first = false;
      const place = kernel + <usize>((y * kernelWidth + x) * groupChannels) * pixel;
      for (let g = 0; g < groups; g++) {
        packTransposedPanels(
          place + (<usize>(g * groupFilters) << 2), pixel, groupFilters, groupChannels,
          packed + g * groupBytes + (<usize>(position * groupFilters) << 5), k << 5,
        );
      }
      position++;
    }
  }
  const tile = copy - TILE_BYTES;
  const pixels = packed + groups * groupBytes;
  const result = <usize>channels << 2;
  dx += <usize>(firstY * width + firstX) * result;
  const phaseRows = (height - firstY + strideY - 1) / strideY;
  const phaseColumns = (width - firstX + strideX - 1) / strideX;
  for (let n = 0; n < batch; n++) {
    if (isPadded) padImage(dy, outputHeight, outputWidth, pixel, copy, rows, columns, reachY, reachX);
    const image = isPadded ? copy : dy;
    for (let g = 0; g < groups; g++) {
      multiplyWindows(
        image + (<usize>(g * groupFilters) << 2), <usize>columns * pixel, pixel, scratch, tapCount, run,
        packed + g * groupBytes, dx + (<usize>(g * groupChannels) << 2), <usize>(strideY * width) * result, strideX * result,
        groupChannels, phaseRows, phaseColumns, pixels, tile,
      );
    }
    dy += <usize>(outputHeight * outputWidth) * pixel;
    dx += <usize>(height * width) * result;
  }
}
