import { depthwiseForward, depthwiseScratch } from './depthwise';
import {
  batch, channels, depthwise, dilationX, dilationY, filters, groupChannels, groupFilters, groups, height, joined,
  kernelHeight, kernelWidth, left, outputHeight, outputWidth, padded, paddedHeight, paddedWidth, padImage, SLACK, strideX,
  strideY, tapBytes, top, width,
} from './geometry';
import { roundUp } from './lanes';
import { packPanels } from './packing';
import { multiplyWindows, packedPixelBytes } from './pixels';
import { TILE_BYTES, TILE_COLUMNS } from './tiles';

/** Bytes of an image in the scratch. */
export function paddedBytes(): i32 {
  return padded ? 4 * paddedHeight * paddedWidth * channels + SLACK : 0;
}

export function forwardScratch(): i32 {
  if (depthwise) return depthwiseScratch();
  const k = kernelHeight * kernelWidth * groupChannels;
  const panels = 4 * k * roundUp(groupFilters, TILE_COLUMNS);
  return tapBytes() + roundUp(paddedBytes(), 16) + groups * panels + packedPixelBytes(k);
}

/** Writes where each run of the window begins; gives how many there are. */
export function writeTaps(to: usize): i32 {
  const runs = joined ? 1 : kernelWidth;
  let count = 0;
  for (let y = 0; y < kernelHeight; y++) {
    for (let x = 0; x < runs; x++) {
      store<u32>(to, 4 * (y * dilationY * paddedWidth + x * dilationX) * channels);
      to += 4;
      count++;
    }
  }
  return count;
}

export function conv2d(x: usize, kernel: usize, y: usize, scratch: usize): void {
  if (depthwise) return depthwiseForward(x, kernel, y, scratch);
  const tile = scratch + tapBytes() - TILE_BYTES;
  const copy = scratch + tapBytes();
  const packed = copy + roundUp(paddedBytes(), 16);
  const tapCount = writeTaps(scratch);
  const run = joined ? kernelWidth * channels : groupChannels;
  const k = tapCount * run;
  const groupBytes = <usize>(k * roundUp(groupFilters, TILE_COLUMNS)) << 2;
  for (let g = 0; g < groups; g++) {
    packPanels(kernel + (<usize>(g * groupFilters) << 2), filters << 2, k, groupFilters, packed + g * groupBytes, k << 5);
  }
  const pixels = packed + groups * groupBytes;
  if (padded) memory.fill(copy, 0, paddedBytes());
  const pixel = <usize>channels << 2;
  const line = <usize>paddedWidth * pixel;
  const result = <usize>filters << 2;
  for (let n = 0; n < batch; n++) {
    if (padded) padImage(x, height, width, pixel, copy, paddedHeight, paddedWidth, top, left);
    const image = padded ? copy : x;
    for (let g = 0; g < groups; g++) {
      multiplyWindows(
        image + (<usize>(g * groupChannels) << 2), strideY * line, strideX * pixel, scratch, tapCount, run,
        packed + g * groupBytes, y + (<usize>(g * groupFilters) << 2), <usize>outputWidth * result, result, groupFilters,
        outputHeight, outputWidth, pixels, tile,
      );
    }
    x += <usize>(height * width) * pixel;
    y += <usize>(outputHeight * outputWidth) * result;
  }
}
