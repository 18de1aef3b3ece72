import type { TiledProduct } from '../tiledProduct.ts';
import { geometryConstants, type ConvolutionGeometry } from './convolutionGeometry.ts';

export type ConvolutionProduct = 'conv2d' | 'conv2dBackpropInput' | 'conv2dBackpropFilter';

/** `place` is one of all outputs, `tap` one of all weights of a filter: the element of the image where the two meet. */
const patch = (vector: boolean): string => `
fn image_at(place: i32, tap: i32, z: i32) -> ${vector ? 'vec4<f32>' : 'f32'} {
  let y = place / outputWidth % outputHeight * strideY + tap / (kernelWidth * groupChannels) * dilationY - top;
  let xx = place % outputWidth * strideX + tap / groupChannels % kernelWidth * dilationX - left_pad;
  if (y < 0 || y >= height || xx < 0 || xx >= width) { return ${vector ? 'vec4<f32>()' : '0.0'}; }
  let n = place / (outputWidth * outputHeight);
  return ${element('x', '((n * height + y) * width + xx) * channels + z * groupChannels + tap % groupChannels', vector)};
}`;

/** An element of a buffer, or the four from it on. */
function element(buffer: string, index: string, vector: boolean): string {
  return vector ? `${buffer}[(${index}) >> 2u]` : `${buffer}[${index}]`;
}

/** A convolution or a gradient of one as a product of matrices, for each group. The geometry is baked into the WGSL. */
export function convolutionProduct(kind: ConvolutionProduct, geometry: ConvolutionGeometry): TiledProduct {
  // `left` is the name of an operand here.
  const constants = geometryConstants(geometry).replace('const left =', 'const left_pad =');
  const channels = geometry.groupChannels % 4 === 0;
  const filters = geometry.groupFilters % 4 === 0;
  const type = (vector: boolean) => (vector ? ('vec4<f32>' as const) : ('f32' as const));
  switch (kind) {
    case 'conv2d':
      return {
        name: kind,
        reads: { x: type(channels), kernel: type(filters) },
        declarations: `${constants}${patch(channels)}`,
        left: {
          code: `fn left(m: u32, k: u32, z: u32) -> ${type(channels)} { return image_at(i32(m), i32(k), i32(z)); }`,
          alongInner: true,
          vector: channels,
        },
        right: {
          code: `fn right(k: u32, n: u32, z: u32) -> ${type(filters)} {
  return ${element('kernel', 'i32(k) * filters + i32(z) * groupFilters + i32(n)', filters)};
}`,
          alongInner: false,
          vector: filters,
        },
        vectorResult: filters,
      };
    case 'conv2dBackpropInput':
      return {
        name: kind,
        reads: { kernel: type(filters), dy: type(filters) },
        declarations: constants,
        left: {
          code: `fn left(m: u32, k: u32, z: u32) -> ${type(filters)} {
  let tap = i32(k) / groupFilters;
  let down = i32(m) / width % height + top - tap / kernelWidth * dilationY;
  let across = i32(m) % width + left_pad - tap % kernelWidth * dilationX;
  let outside = ${filters ? 'vec4<f32>()' : '0.0'};
  if (down < 0 || across < 0 || down % strideY != 0 || across % strideX != 0) { return outside; }
  let row = down / strideY;
  let column = across / strideX;
  if (row >= outputHeight || column >= outputWidth) { return outside; }
  let n = i32(m) / (width * height);
  let at = ((n * outputHeight + row) * outputWidth + column) * filters + i32(z) * groupFilters + i32(k) % groupFilters;
  return ${element('dy', 'at', filters)};
}`,
          alongInner: true,
          vector: filters,
        },
        right: {
          code: `fn right(k: u32, n: u32, z: u32) -> ${type(filters)} {
  let tap = i32(k) / groupFilters;
  let at = (tap * groupChannels + i32(n)) * filters + i32(z) * groupFilters + i32(k) % groupFilters;
  return ${element('kernel', 'at', filters)};
}`,
          alongInner: true,
          vector: filters,
        },
        vectorResult: channels,
      };
    case 'conv2dBackpropFilter':
      return {
        name: kind,
        reads: { x: type(channels), dy: type(filters) },
        declarations: `${constants}${patch(channels)}`,
        left: {
          code: `fn left(m: u32, k: u32, z: u32) -> ${type(channels)} { return image_at(i32(k), i32(m), i32(z)); }`,
          alongInner: false,
          vector: channels,
        },
        right: {
          code: `fn right(k: u32, n: u32, z: u32) -> ${type(filters)} {
  return ${element('dy', 'i32(k) * filters + i32(z) * groupFilters + i32(n)', filters)};
}`,
          alongInner: false,
          vector: filters,
        },
        vectorResult: filters,
      };
  }
}
