import type { TiledProduct } from '../tiledProduct.ts';
import { geometryConstants, type ConvolutionGeometry } from './convolutionGeometry.ts';
import { stridePhases, type StridePhase, type StridePhases } from './stridePhases.ts';

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
        declarations: `${constants}${phaseConstants(geometry)}`,
        left: {
          code: `fn left(m: u32, k: u32, z: u32) -> ${type(filters)} {
  let place = place_of(m, z);
  let tap = tap_of(k, z);
  let down = place.y + top - tap.y * dilationY;
  let across = place.x + left_pad - tap.x * dilationX;
  let outside = ${filters ? 'vec4<f32>()' : '0.0'};
  if (down < 0 || across < 0) { return outside; }
  let row = down / strideY;
  let column = across / strideX;
  if (row >= outputHeight || column >= outputWidth) { return outside; }
  let group = i32(z) % groups;
  let at = ((place.z * outputHeight + row) * outputWidth + column) * filters + group * groupFilters + i32(k) % groupFilters;
  return ${element('dy', 'at', filters)};
}`,
          alongInner: true,
          vector: filters,
        },
        right: {
          code: `fn right(k: u32, n: u32, z: u32) -> ${type(filters)} {
  let tap = tap_of(k, z);
  let row = (tap.y * kernelWidth + tap.x) * groupChannels + i32(n);
  let at = row * filters + i32(z) % groups * groupFilters + i32(k) % groupFilters;
  return ${element('kernel', 'at', filters)};
}`,
          alongInner: true,
          vector: filters,
        },
        vectorResult: channels,
        ...(geometry.strideY * geometry.strideX > 1 && phasedResult),
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

/** The phases of the rows and of the columns of the image: products of a gradient lie side by side, phase by phase. */
export function imagePhases(g: ConvolutionGeometry): { readonly down: StridePhases; readonly across: StridePhases } {
  return {
    down: stridePhases(g.height, g.kernelHeight, g.strideY, g.dilationY, g.top),
    across: stridePhases(g.width, g.kernelWidth, g.strideX, g.dilationX, g.left),
  };
}

/** `place_of`: row, column and number of the image; `tap_of`: column and row of the weight. */
function phaseConstants(g: ConvolutionGeometry): string {
  const { down, across } = imagePhases(g);
  const list = (name: string, { phases }: StridePhases, fact: keyof StridePhase): string =>
    `const ${name} = array<i32, ${phases.length}>(${phases.map((phase) => phase[fact]).join(', ')});`;
  const phaseOf = (stride: number, code: string): string => (stride === 1 ? '0' : code);
  return `
${list('originsY', down, 'origin')}
${list('originsX', across, 'origin')}
${list('firstY', down, 'firstTap')}
${list('firstX', across, 'firstTap')}
${list('tapsY', down, 'taps')}
${list('tapsX', across, 'taps')}
const placesY = ${down.places};
const placesX = ${across.places};
const groups = filters / groupFilters;
fn phase_y(z: u32) -> i32 { return ${phaseOf(g.strideY, 'i32(z) / groups / strideX')}; }
fn phase_x(z: u32) -> i32 { return ${phaseOf(g.strideX, 'i32(z) / groups % strideX')}; }
fn place_of(m: u32, z: u32) -> vec3<i32> {
  let y = i32(m) / placesX % placesY * strideY + originsY[phase_y(z)];
  let xx = i32(m) % placesX * strideX + originsX[phase_x(z)];
  return vec3<i32>(xx, y, i32(m) / (placesX * placesY));
}
fn tap_of(k: u32, z: u32) -> vec2<i32> {
  let tap = i32(k) / groupFilters;
  let wide = tapsX[phase_x(z)];
  let y = tap / wide * ${down.tapStep} + firstY[phase_y(z)];
  return vec2<i32>(tap % wide * ${across.tapStep} + firstX[phase_x(z)], y);
}`;
}

const phasedResult = {
  inner: `fn inner_of(z: u32) -> u32 { return u32(tapsY[phase_y(z)] * tapsX[phase_x(z)] * groupFilters); }`,
  rows: `fn row_of(m: u32, z: u32) -> u32 {
  let place = place_of(m, z);
  if (place.y >= height || place.x >= width) { return NO_ROW; }
  let channel = i32(z) % groups * groupChannels;
  return u32(((place.z * height + place.y) * width + place.x) * channels + channel);
}`,
} as const;
