import { paddedBytes, writeTaps } from './conv2d';
import { depthwiseBackpropFilter, depthwiseScratch } from './depthwise';
import {
  batch, channels, depthwise, filters, groupChannels, groupFilters, groups, height, joined, kernelHeight, kernelWidth, left,
  outputHeight, outputWidth, padded, paddedHeight, paddedWidth, padImage, SLACK, strideX, strideY, tapBytes, top, width,
} from './geometry';
import { roundUp } from './lanes';
import { copyTile, multiplyTile, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from './tiles';

/** The pixels of some lines of x and dy stay in the first-level cache while every place of the kernel meets them. */
const CACHED_BYTES: i32 = 24576;

/** A tile that sticks out of a run reads behind the image: it must be a copy with something behind it. */
function copiesImage(): bool {
  return padded || (joined ? kernelWidth * channels : groupChannels) % TILE_ROWS !== 0;
}

function copiesGradient(): bool {
  return groupFilters % TILE_COLUMNS !== 0;
}

function imageBytes(): i32 {
  return copiesImage() ? roundUp(4 * paddedHeight * paddedWidth * channels + SLACK, 16) : 0;
}

export function filterScratch(): i32 {
  if (depthwise) return depthwiseScratch();
  return tapBytes() + imageBytes() + (copiesGradient() ? 4 * outputHeight * outputWidth * filters + SLACK : 0);
}

export function conv2dBackpropFilter(x: usize, dy: usize, dkernel: usize, scratch: usize): void {
  if (depthwise) return depthwiseBackpropFilter(x, dy, dkernel, scratch);
  const copy = scratch + tapBytes();
  const gradientCopy = copy + imageBytes();
  const tapCount = writeTaps(scratch);
  const pixel = <usize>channels << 2, result = <usize>filters << 2;
  memory.fill(dkernel, 0, 4 * kernelHeight * kernelWidth * groupChannels * filters);
  if (copiesImage()) memory.fill(copy, 0, imageBytes());
  const inputBytes = <usize>(height * width) * pixel, outputBytes = <usize>(outputHeight * outputWidth) * result;
  // Of one long line there is a piece at a time, of many short ones some.
  const pixelBytes = <i32>(<usize>strideX * pixel + result);
  const piece = min(outputWidth, max(16, CACHED_BYTES / pixelBytes));
  const lines = piece < outputWidth ? 1 : min(outputHeight, max(1, CACHED_BYTES / (outputWidth * pixelBytes)));
  for (let n = 0; n < batch; n++) {
    if (padded) padImage(x, height, width, pixel, copy, paddedHeight, paddedWidth, top, left);
    else if (copiesImage()) memory.copy(copy, x, inputBytes);
    if (copiesGradient()) memory.copy(gradientCopy, dy, outputBytes);
    const image = copiesImage() ? copy : x, gradient = copiesGradient() ? gradientCopy : dy;
    for (let line = 0; line < outputHeight; line += lines) {
      for (let column = 0; column < outputWidth; column += piece) {
        multiplyLines(
          image + <usize>(line * strideY * paddedWidth + column * strideX) * pixel,
          gradient + <usize>(line * outputWidth + column) * result,
          min(outputHeight - line, lines), min(outputWidth - column, piece), dkernel, scratch, tapCount,
        );
      }
    }
    x += inputBytes;
    dy += outputBytes;
  }
}

/** Adds what some lines of pixels give to each place of the kernel. */
function multiplyLines(
  image: usize, gradient: usize, lines: i32, count: i32, dkernel: usize, scratch: usize, tapCount: i32,
): void {
  const tile = scratch + tapBytes() - TILE_BYTES;
  const pixel = <usize>channels << 2, result = <usize>filters << 2;
  const imageLine = <usize>(strideY * paddedWidth) * pixel, gradientLine = <usize>outputWidth * result;
  const run = joined ? kernelWidth * channels : groupChannels;
  for (let g = 0; g < groups; g++) {
    for (let t = 0; t < tapCount; t++) {
      const from = image + load<u32>(scratch + (<usize>t << 2)) + (<usize>(g * groupChannels) << 2);
      const rows = dkernel + <usize>(t * run) * result + (<usize>(g * groupFilters) << 2);
      for (let i = 0; i < run; i += TILE_ROWS) {
        const h = min(run - i, TILE_ROWS);
        // All panels of a row in turn: of a large kernel, only these rows are in the cache.
        for (let j = 0; j < groupFilters; j += TILE_COLUMNS) {
          const w = min(groupFilters - j, TILE_COLUMNS);
          const across = gradient + (<usize>(g * groupFilters + j) << 2);
          const place = rows + <usize>i * result + (<usize>j << 2);
          if (w === TILE_COLUMNS && h === TILE_ROWS) {
            multiplyTile(
              from + (<usize>i << 2), strideX * pixel, imageLine, across, result, gradientLine, count, lines,
              place, result, true,
            );
          } else {
            copyTile(place, result, tile, 32, h, w);
            multiplyTile(
              from + (<usize>i << 2), strideX * pixel, imageLine, across, result, gradientLine, count, lines,
              tile, 32, true,
            );
            copyTile(tile, 32, place, result, h, w);
          }
        }
      }
    }
  }
}
