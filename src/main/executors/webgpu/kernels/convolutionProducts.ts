import type { Operand, TiledProduct } from '../tiledProduct.ts';
import { geometryConstants, type ConvolutionGeometry } from './convolutionGeometry.ts';
import { stridePhases, type StridePhase, type StridePhases } from './stridePhases.ts';

export type ConvolutionProduct = 'conv2d' | 'conv2dBackpropInput' | 'conv2dBackpropFilter';

/**
 * WGSL of where an output lies in the image, `place_at`, and what a weight of a filter adds to that, `tap_at`; `image_at` is the element
 * where the two meet.
 */
function patch(g: ConvolutionGeometry, vector: boolean): string {
  const y = 'place / outputWidth % outputHeight * strideY - top';
  const xx = 'place % outputWidth * strideX - left_pad';
  const channel = 'i32(z) * groupChannels + tap % groupChannels';
  const row = 'tap / (kernelWidth * groupChannels) * dilationY';
  const column = 'tap / groupChannels % kernelWidth * dilationX';
  const type = vector ? 'vec4<f32>' : 'f32';
  if (staysInside(g)) {
    return `
fn place_at(place: i32) -> i32 { return ((place / (outputWidth * outputHeight) * height + ${y}) * width + ${xx}) * channels; }
fn tap_at(tap: i32, z: u32) -> i32 { return (${row} * width + ${column}) * channels + ${channel}; }
fn image_at(place: i32, tap: i32) -> ${type} { return ${element('x', 'place + tap', vector)}; }`;
  }
  return `
fn place_at(place: i32) -> vec3<i32> { return vec3<i32>(${xx}, ${y}, place / (outputWidth * outputHeight) * height); }
fn tap_at(tap: i32, z: u32) -> vec3<i32> { return vec3<i32>(${column}, ${row}, ${channel}); }
fn image_at(place: vec3<i32>, tap: vec3<i32>) -> ${type} {
  let xx = place.x + tap.x;
  let y = place.y + tap.y;
  if (u32(y) >= u32(height) || u32(xx) >= u32(width)) { return ${type}(); }
  return ${element('x', '((place.z + y) * width + xx) * channels + tap.z', vector)};
}`;
}

/** Whether all weights meet the image at all outputs. */
function staysInside(g: ConvolutionGeometry): boolean {
  const last = (outputs: number, stride: number, taps: number, dilation: number) =>
    (outputs - 1) * stride + (taps - 1) * dilation;
  return (
    g.top === 0 &&
    g.left === 0 &&
    last(g.outputHeight, g.strideY, g.kernelHeight, g.dilationY) < g.height &&
    last(g.outputWidth, g.strideX, g.kernelWidth, g.dilationX) < g.width
  );
}

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
  const position = staysInside(geometry) ? 'i32' : 'vec3<i32>';
  switch (kind) {
    case 'conv2d':
      return {
        name: kind,
        reads: { x: type(channels), kernel: type(filters) },
        declarations: `${constants}${patch(geometry, channels)}`,
        left: {
          outer: position,
          inner: position,
          code: `fn left_outer(m: u32, z: u32) -> ${position} { return place_at(i32(m)); }
fn left_inner(k: u32, z: u32) -> ${position} { return tap_at(i32(k), z); }
fn left_at(place: ${position}, tap: ${position}) -> ${type(channels)} { return image_at(place, tap); }`,
          alongInner: true,
          vector: channels,
        },
        right: featureOperand('kernel', filters),
        vectorResult: filters,
      };
    case 'conv2dBackpropInput':
      return {
        name: kind,
        reads: { kernel: type(filters), dy: type(filters) },
        declarations: `${constants}${phaseConstants(geometry)}`,
        left: {
          outer: 'vec3<i32>',
          inner: 'vec3<i32>',
          code: `fn left_outer(m: u32, z: u32) -> vec3<i32> {
  let place = place_of(m, z);
  return vec3<i32>(place.x + left_pad, place.y + top, place.z * outputHeight);
}
fn left_inner(k: u32, z: u32) -> vec3<i32> {
  let tap = tap_of(k, z);
  return vec3<i32>(tap.x * dilationX, tap.y * dilationY, i32(z) % groups * groupFilters + i32(k) % groupFilters);
}
fn left_at(place: vec3<i32>, tap: vec3<i32>) -> ${type(filters)} {
  let down = place.y - tap.y;
  let across = place.x - tap.x;
  let outside = ${type(filters)}();
  if (down < 0 || across < 0) { return outside; }
  let row = down / strideY;
  let column = across / strideX;
  if (row >= outputHeight || column >= outputWidth) { return outside; }
  return ${element('dy', '((place.z + row) * outputWidth + column) * filters + tap.z', filters)};
}`,
          alongInner: true,
          vector: filters,
        },
        right: {
          outer: 'i32',
          inner: 'i32',
          code: `fn right_outer(n: u32, z: u32) -> i32 { return i32(n) * filters; }
fn right_inner(k: u32, z: u32) -> i32 {
  let tap = tap_of(k, z);
  let first = (tap.y * kernelWidth + tap.x) * groupChannels * filters;
  return first + i32(z) % groups * groupFilters + i32(k) % groupFilters;
}
fn right_at(row: i32, feature: i32) -> ${type(filters)} { return ${element('kernel', 'row + feature', filters)}; }`,
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
        declarations: `${constants}${patch(geometry, channels)}`,
        left: {
          outer: position,
          inner: position,
          code: `fn left_outer(m: u32, z: u32) -> ${position} { return tap_at(i32(m), z); }
fn left_inner(k: u32, z: u32) -> ${position} { return place_at(i32(k)); }
fn left_at(tap: ${position}, place: ${position}) -> ${type(channels)} { return image_at(place, tap); }`,
          alongInner: false,
          vector: channels,
        },
        right: featureOperand('dy', filters),
        vectorResult: filters,
      };
  }
}

/** Rows of features, one for each step along the inner axis. */
function featureOperand(buffer: 'kernel' | 'dy', vector: boolean): Operand {
  return {
    outer: 'i32',
    inner: 'i32',
    code: `fn right_outer(n: u32, z: u32) -> i32 { return i32(z) * groupFilters + i32(n); }
fn right_inner(k: u32, z: u32) -> i32 { return i32(k) * filters; }
fn right_at(feature: i32, row: i32) -> ${vector ? 'vec4<f32>' : 'f32'} { return ${element(buffer, 'row + feature', vector)}; }`,
    alongInner: false,
    vector,
  };
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
