import { roundUp } from './lanes';
import { TILE_BYTES } from './tiles';

// The convolution described last. An image of x has `channels`, one of y `filters`.
export let batch: i32, height: i32, width: i32, channels: i32;
export let kernelHeight: i32, kernelWidth: i32, filters: i32, groups: i32;
export let strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32;
export let outputHeight: i32, outputWidth: i32;

/** Channels and filters of a group. */
export let groupChannels: i32, groupFilters: i32;
/** Each channel has a kernel of its own. */
export let depthwise: bool;
/** The places of the window in a row lie behind one another in an image, and are one run. */
export let joined: bool;
/** Rows and columns of an image with its padding, as far as the windows reach. */
export let paddedHeight: i32, paddedWidth: i32;
/** The image must be copied to be padded. */
export let padded: bool;

export function convolution(
  batch_: i32, height_: i32, width_: i32, channels_: i32,
  kernelHeight_: i32, kernelWidth_: i32, filters_: i32, groups_: i32,
  strideY_: i32, strideX_: i32, dilationY_: i32, dilationX_: i32, top_: i32, left_: i32,
  outputHeight_: i32, outputWidth_: i32,
): void {
  batch = batch_; height = height_; width = width_; channels = channels_;
  kernelHeight = kernelHeight_; kernelWidth = kernelWidth_; filters = filters_; groups = groups_;
  strideY = strideY_; strideX = strideX_; dilationY = dilationY_; dilationX = dilationX_; top = top_; left = left_;
  outputHeight = outputHeight_; outputWidth = outputWidth_;
  if (kernelHeight * kernelWidth === 1 && strideY * strideX === 1 && outputHeight === height && outputWidth === width) {
    // Pixels do not know of one another: one image of one row for all.
    width = outputWidth = batch * height * width;
    batch = height = outputHeight = 1;
  }
  groupChannels = channels / groups;
  groupFilters = filters / groups;
  depthwise = groups > 1 && groupChannels === 1 && groupFilters === 1;
  joined = groups === 1 && dilationX === 1;
  paddedHeight = (outputHeight - 1) * strideY + (kernelHeight - 1) * dilationY + 1;
  paddedWidth = (outputWidth - 1) * strideX + (kernelWidth - 1) * dilationX + 1;
  padded = top > 0 || left > 0 || paddedHeight > height || paddedWidth > width;
  if (!padded) {
    paddedHeight = height;
    paddedWidth = width;
  }
}

/** Bytes before an image that is padded in the scratch: the offsets of the taps and the tile that lies apart. */
export function tapBytes(): i32 {
  return roundUp(4 * kernelHeight * kernelWidth, 16) + TILE_BYTES;
}

/** What a tile may read behind the last number of an image, and more. */
export const SLACK: i32 = 64;

/**
 * Copies an image of `rows` by `columns` pixels of `bytes` each into the middle of one of `width`, as far as it fits. What
 * lies around it must be 0 already.
 */
export function padImage(
  image: usize, rows: i32, columns: i32, bytes: usize,
  to: usize, paddedRows: i32, paddedColumns: i32, before: i32, beside: i32,
): void {
  const line = <usize>columns * bytes;
  const kept = <usize>min(columns, paddedColumns - beside) * bytes;
  to += <usize>(before * paddedColumns + beside) * bytes;
  for (let i = min(rows, paddedRows - before); i > 0; i--) {
    memory.copy(to, image, kept);
    image += line;
    to += <usize>paddedColumns * bytes;
  }
}
