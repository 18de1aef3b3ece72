import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { PoolingAttributes } from '../../../../graph-engine/program/primitives/pooling.ts';
import { windowGeometry } from '../../../../graph-engine/program/windowGeometry.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader, type ParameterType } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

const parameters = {
  height: 'i32',
  width: 'i32',
  channels: 'i32',
  outputHeight: 'i32',
  outputWidth: 'i32',
  windowHeight: 'i32',
  windowWidth: 'i32',
  strideY: 'i32',
  strideX: 'i32',
  top: 'i32',
  left: 'i32',
} satisfies Record<string, ParameterType>;

/** The window of the output element `i`: rows `y0` to `y1` and columns `x0` to `x1` of sample `n`, without the ends. */
const windowOfOutput = `
  let channel = i32(i) % p.channels;
  let column = i32(i) / p.channels % p.outputWidth;
  let row = i32(i) / p.channels / p.outputWidth % p.outputHeight;
  let n = i32(i) / p.channels / p.outputWidth / p.outputHeight;
  let y0 = max(row * p.strideY - p.top, 0);
  let y1 = min(row * p.strideY - p.top + p.windowHeight, p.height);
  let x0 = max(column * p.strideX - p.left, 0);
  let x1 = min(column * p.strideX - p.left + p.windowWidth, p.width);`;

/** The outputs whose windows hold the input element `i`: rows `r0` to `r1`, columns `c0` to `c1`, with the ends. */
const outputsOfInput = `
  let channel = i32(i) % p.channels;
  let x = i32(i) / p.channels % p.width;
  let y = i32(i) / p.channels / p.width % p.height;
  let n = i32(i) / p.channels / p.width / p.height;
  // The first window that reaches so far; of negative numbers division would round the other way.
  let r0 = max(y + p.top - p.windowHeight + p.strideY, 0) / p.strideY;
  let r1 = min((y + p.top) / p.strideY, p.outputHeight - 1);
  let c0 = max(x + p.left - p.windowWidth + p.strideX, 0) / p.strideX;
  let c1 = min((x + p.left) / p.strideX, p.outputWidth - 1);`;

/** The first maximum, in row order; not-a-number wins. */
const findMaximum = `
  var best = (n * p.height + y0) * p.width + x0;
  var most = x[best * p.channels + channel];
  for (var y = y0; y < y1; y++) {
    for (var c = x0; c < x1; c++) {
      let at = (n * p.height + y) * p.width + c;
      let value = x[at * p.channels + channel];
      // Of its bits, as compilers may take comparisons of a number with itself for true.
      let isNan = (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
      if (value > most || isNan) { most = value; best = at; }
    }
  }`;

const maximum = elementShader({
  name: 'maxPool',
  reads: { x: 'f32' },
  writes: { y: 'f32' },
  parameters,
  body: `${windowOfOutput}${findMaximum}
  y[i] = most;`,
});

const winners = elementShader({
  name: 'winners of maxPool',
  reads: { x: 'f32' },
  writes: { winner: 'i32' },
  parameters,
  body: `${windowOfOutput}${findMaximum}
  winner[i] = best;`,
});

const maximumGradient = elementShader({
  name: 'maxPoolGrad',
  reads: { winner: 'i32', dy: 'f32' },
  writes: { dx: 'f32' },
  parameters,
  body: `${outputsOfInput}
  let place = i32(i) / p.channels;
  var sum = 0.0;
  for (var r = r0; r <= r1; r++) {
    for (var c = c0; c <= c1; c++) {
      let at = ((n * p.outputHeight + r) * p.outputWidth + c) * p.channels + channel;
      if (winner[at] == place) { sum += dy[at]; }
    }
  }
  dx[i] = sum;`,
});

const average = elementShader({
  name: 'averagePool',
  reads: { x: 'f32' },
  writes: { result: 'f32' },
  parameters,
  body: `${windowOfOutput}
  var sum = 0.0;
  for (var y = y0; y < y1; y++) {
    for (var c = x0; c < x1; c++) { sum += x[((n * p.height + y) * p.width + c) * p.channels + channel]; }
  }
  result[i] = sum / f32((y1 - y0) * (x1 - x0));`,
});

const averageGradient = elementShader({
  name: 'averagePoolGrad',
  reads: { dy: 'f32' },
  writes: { dx: 'f32' },
  parameters,
  body: `${outputsOfInput}
  var sum = 0.0;
  for (var r = r0; r <= r1; r++) {
    let rows = min(r * p.strideY - p.top + p.windowHeight, p.height) - max(r * p.strideY - p.top, 0);
    for (var c = c0; c <= c1; c++) {
      let columns = min(c * p.strideX - p.left + p.windowWidth, p.width) - max(c * p.strideX - p.left, 0);
      sum += dy[((n * p.outputHeight + r) * p.outputWidth + c) * p.channels + channel] / f32(rows * columns);
    }
  }
  dx[i] = sum;`,
});

function geometryOf(image: readonly number[], { window, strides, padding, pads }: PoolingAttributes): number[] {
  const [, height = 1, width = 1, channels = 1] = image;
  const [windowHeight = 1, windowWidth = 1] = window;
  const [strideY = 1, strideX = 1] = strides;
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  const rows = windowGeometry(height, windowHeight, strideY, 1, padding, [top, bottom]);
  const columns = windowGeometry(width, windowWidth, strideX, 1, padding, [left, right]);
  const window4 = [windowHeight, windowWidth, strideY, strideX];
  return [height, width, channels, rows.output, columns.output, ...window4, rows.before, columns.before];
}

/** Pools, and their gradients gathered by each element of the input: no atomics, always the same order. */
export function poolingKernels(runner: ShaderRunner) {
  const elementsOf = (tensor: TensorInfo) => sizeOfDims(tensor.shape);
  return {
    maxPool({ inputs: [x], attributes, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      const geometry = geometryOf(x.shape, attributes);
      runner.run({ shader: maximum, reads: [x], writes: [y], elements: elementsOf(y), parameters: geometry });
      return [y];
    },
    maxPoolGrad({ inputs: [x, , dy], attributes, outputShapes: [shape] }) {
      const winner = runner.empty({ dims: dy.shape, dtype: 'int32' });
      const dx = runner.empty(shape);
      const geometry = geometryOf(x.shape, attributes);
      runner.run({ shader: winners, reads: [x], writes: [winner], elements: elementsOf(dy), parameters: geometry });
      const reads = [winner, dy];
      runner.run({ shader: maximumGradient, reads, writes: [dx], elements: elementsOf(dx), parameters: geometry });
      return [dx];
    },
    averagePool({ inputs: [x], attributes, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      const geometry = geometryOf(x.shape, attributes);
      runner.run({ shader: average, reads: [x], writes: [y], elements: elementsOf(y), parameters: geometry });
      return [y];
    },
    averagePoolGrad({ inputs: [dy], attributes, outputShapes: [shape] }) {
      const dx = runner.empty(shape);
      const geometry = geometryOf(shape.dims, attributes);
      runner.run({
        shader: averageGradient,
        reads: [dy],
        writes: [dx],
        elements: elementsOf(dx),
        parameters: geometry,
      });
      return [dx];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
