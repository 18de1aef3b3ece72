import type { TiledProduct } from '../tiledProduct.ts';
import { geometryConstants, type ConvolutionGeometry } from './convolutionGeometry.ts';

export type ConvolutionProduct = 'conv2d' | 'conv2dBackpropInput' | 'conv2dBackpropFilter';

/** `place` is one of all outputs, `tap` one of all weights of a filter: the element of the image where the two meet. */
const patch = `
fn image_at(place: i32, tap: i32, z: i32) -> f32 {
  let y = place / outputWidth % outputHeight * strideY + tap / (kernelWidth * groupChannels) * dilationY - top;
  let xx = place % outputWidth * strideX + tap / groupChannels % kernelWidth * dilationX - left_pad;
  if (y < 0 || y >= height || xx < 0 || xx >= width) { return 0.0; }
  let n = place / (outputWidth * outputHeight);
  return x[((n * height + y) * width + xx) * channels + z * groupChannels + tap % groupChannels];
}`;

/** A convolution or a gradient of one as a product of matrices, for each group. The geometry is baked into the WGSL. */
export function convolutionProduct(kind: ConvolutionProduct, geometry: ConvolutionGeometry): TiledProduct {
  // `left` is the name of an operand here.
  const constants = geometryConstants(geometry).replace('const left =', 'const left_pad =');
  switch (kind) {
    case 'conv2d':
      return {
        name: kind,
        reads: { x: 'f32', kernel: 'f32' },
        left: `${constants}${patch}
fn left(m: u32, k: u32, z: u32) -> f32 { return image_at(i32(m), i32(k), i32(z)); }`,
        right: `
fn right(k: u32, n: u32, z: u32) -> f32 { return kernel[i32(k) * filters + i32(z) * groupFilters + i32(n)]; }`,
        leftAlongInner: true,
        rightAlongInner: false,
      };
    case 'conv2dBackpropInput':
      return {
        name: kind,
        reads: { kernel: 'f32', dy: 'f32' },
        left: `${constants}
fn left(m: u32, k: u32, z: u32) -> f32 {
  let tap = i32(k) / groupFilters;
  let down = i32(m) / width % height + top - tap / kernelWidth * dilationY;
  let across = i32(m) % width + left_pad - tap % kernelWidth * dilationX;
  if (down < 0 || across < 0 || down % strideY != 0 || across % strideX != 0) { return 0.0; }
  let row = down / strideY;
  let column = across / strideX;
  if (row >= outputHeight || column >= outputWidth) { return 0.0; }
  let n = i32(m) / (width * height);
  return dy[((n * outputHeight + row) * outputWidth + column) * filters + i32(z) * groupFilters + i32(k) % groupFilters];
}`,
        right: `
fn right(k: u32, n: u32, z: u32) -> f32 {
  let tap = i32(k) / groupFilters;
  return kernel[(tap * groupChannels + i32(n)) * filters + i32(z) * groupFilters + i32(k) % groupFilters];
}`,
        leftAlongInner: true,
        rightAlongInner: true,
      };
    case 'conv2dBackpropFilter':
      return {
        name: kind,
        reads: { x: 'f32', dy: 'f32' },
        left: `${constants}${patch}
fn left(m: u32, k: u32, z: u32) -> f32 { return image_at(i32(k), i32(m), i32(z)); }`,
        right: `
fn right(k: u32, n: u32, z: u32) -> f32 { return dy[i32(k) * filters + i32(z) * groupFilters + i32(n)]; }`,
        leftAlongInner: false,
        rightAlongInner: false,
      };
  }
}
