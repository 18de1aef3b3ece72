import { elementShader } from '../shader.ts';
import { geometryParameters } from './convolutionGeometry.ts';

const conv2d = elementShader({
  name: 'conv2d by element',
  reads: { x: 'f32', kernel: 'f32' },
  writes: { y: 'f32' },
  parameters: geometryParameters,
  body: `
  let feature = i32(i) % p.filters;
  let column = i32(i) / p.filters % p.outputWidth;
  let row = i32(i) / p.filters / p.outputWidth % p.outputHeight;
  let n = i32(i) / p.filters / p.outputWidth / p.outputHeight;
  let first = feature / p.groupFilters * p.groupChannels;
  var sum = 0.0;
  for (var ky = 0; ky < p.kernelHeight; ky++) {
    let yy = row * p.strideY + ky * p.dilationY - p.top;
    if (yy < 0 || yy >= p.height) { continue; }
    for (var kx = 0; kx < p.kernelWidth; kx++) {
      let xx = column * p.strideX + kx * p.dilationX - p.left;
      if (xx < 0 || xx >= p.width) { continue; }
      let source = ((n * p.height + yy) * p.width + xx) * p.channels + first;
      let weights = (ky * p.kernelWidth + kx) * p.groupChannels;
      for (var c = 0; c < p.groupChannels; c++) {
        sum += x[source + c] * kernel[(weights + c) * p.filters + feature];
      }
    }
  }
  y[i] = sum;`,
});

const conv2dBackpropInput = elementShader({
  name: 'conv2dBackpropInput by element',
  reads: { kernel: 'f32', dy: 'f32' },
  writes: { dx: 'f32' },
  parameters: geometryParameters,
  body: `
  let channel = i32(i) % p.channels;
  let column = i32(i) / p.channels % p.width;
  let row = i32(i) / p.channels / p.width % p.height;
  let n = i32(i) / p.channels / p.width / p.height;
  let first = channel / p.groupChannels * p.groupFilters;
  var sum = 0.0;
  for (var ky = 0; ky < p.kernelHeight; ky++) {
    let down = row + p.top - ky * p.dilationY;
    if (down < 0 || down % p.strideY != 0 || down / p.strideY >= p.outputHeight) { continue; }
    for (var kx = 0; kx < p.kernelWidth; kx++) {
      let across = column + p.left - kx * p.dilationX;
      if (across < 0 || across % p.strideX != 0 || across / p.strideX >= p.outputWidth) { continue; }
      let source = ((n * p.outputHeight + down / p.strideY) * p.outputWidth + across / p.strideX) * p.filters + first;
      let weights = ((ky * p.kernelWidth + kx) * p.groupChannels + channel % p.groupChannels) * p.filters + first;
      for (var f = 0; f < p.groupFilters; f++) { sum += dy[source + f] * kernel[weights + f]; }
    }
  }
  dx[i] = sum;`,
});

/** Each thread sums over a stretch of the rows of all outputs. */
const conv2dBackpropFilter = elementShader({
  name: 'conv2dBackpropFilter by element',
  reads: { x: 'f32', dy: 'f32' },
  writes: { dkernel: 'f32' },
  parameters: { ...geometryParameters, weights: 'u32', length: 'i32' },
  body: `
  let weight = i32(i % p.weights);
  let begin = i32(i / p.weights) * p.length;
  let end = min(begin + p.length, p.batch * p.outputHeight);
  let feature = weight % p.filters;
  let channel = weight / p.filters % p.groupChannels + feature / p.groupFilters * p.groupChannels;
  let kx = weight / p.filters / p.groupChannels % p.kernelWidth;
  let ky = weight / p.filters / p.groupChannels / p.kernelWidth;
  var sum = 0.0;
  for (var r = begin; r < end; r++) {
    let yy = r % p.outputHeight * p.strideY + ky * p.dilationY - p.top;
    if (yy < 0 || yy >= p.height) { continue; }
    let row = (r / p.outputHeight * p.height + yy) * p.width;
    for (var column = 0; column < p.outputWidth; column++) {
      let xx = column * p.strideX + kx * p.dilationX - p.left;
      if (xx < 0 || xx >= p.width) { continue; }
      sum += x[(row + xx) * p.channels + channel] * dy[(r * p.outputWidth + column) * p.filters + feature];
    }
  }
  dkernel[i] = sum;`,
});

/** Convolutions with a thread for each element of the result: for few multiplications, and for depthwise kernels. */
export const directConvolutions = { conv2d, conv2dBackpropInput, conv2dBackpropFilter };
