import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader, type ParameterType } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/** Sizes of the image, and of what it is resized to. */
const parameters = {
  height: 'i32',
  width: 'i32',
  channels: 'i32',
  resultHeight: 'i32',
  resultWidth: 'i32',
  alignCorners: 'u32',
} satisfies Record<string, ParameterType>;

const declarations = `
struct Mix { low: i32, high: i32, share: f32 }
/** The two places of an axis of the image that the place \`i\` of the result mixes. */
fn mix_of(i: i32, input: i32, output: i32) -> Mix {
  // As fractions of integers, so that a place that is whole comes out whole.
  var numerator = max((2 * i + 1) * input - output, 0);
  var denominator = 2 * output;
  if (p.alignCorners == 1u) {
    numerator = select(i * (input - 1), 0, output == 1);
    denominator = max(output - 1, 1);
  }
  let low = min(numerator / denominator, input - 1);
  return Mix(low, min(low + 1, input - 1), f32(numerator - low * denominator) / f32(denominator));
}
/** What the place \`at\` of the image adds to the place \`i\` of the result. */
fn share_of(at: i32, i: i32, input: i32, output: i32) -> f32 {
  let m = mix_of(i, input, output);
  return select(0.0, 1.0 - m.share, m.low == at) + select(0.0, m.share, m.high == at);
}
/** The places of the result that may mix the place \`at\` of the image, with the ends. */
fn range_of(at: i32, input: i32, output: i32) -> vec2<i32> {
  var scale = f32(output) / f32(input);
  if (p.alignCorners == 1u) { scale = f32(max(output - 1, 1)) / f32(max(input - 1, 1)); }
  let first = i32(floor((f32(at) - 1.5) * scale)) - 1;
  let last = i32(ceil((f32(at) + 2.5) * scale)) + 1;
  // The first and the last place also stand for what lies beyond them.
  return vec2<i32>(select(max(first, 0), 0, at == 0), select(min(last, output - 1), output - 1, at == input - 1));
}`;

const resize = elementShader({
  name: 'resizeBilinear',
  reads: { x: 'f32' },
  writes: { y: 'f32' },
  parameters,
  declarations,
  body: `
  let channel = i32(i) % p.channels;
  let columns = mix_of(i32(i) / p.channels % p.resultWidth, p.width, p.resultWidth);
  let rows = mix_of(i32(i) / p.channels / p.resultWidth % p.resultHeight, p.height, p.resultHeight);
  let n = i32(i) / p.channels / p.resultWidth / p.resultHeight;
  let upper = (n * p.height + rows.low) * p.width;
  let lower = (n * p.height + rows.high) * p.width;
  let above = mix(
    x[(upper + columns.low) * p.channels + channel], x[(upper + columns.high) * p.channels + channel], columns.share);
  let below = mix(
    x[(lower + columns.low) * p.channels + channel], x[(lower + columns.high) * p.channels + channel], columns.share);
  y[i] = mix(above, below, rows.share);`,
});

const gradient = elementShader({
  name: 'resizeBilinearGrad',
  reads: { dy: 'f32' },
  writes: { dx: 'f32' },
  parameters,
  declarations,
  body: `
  let channel = i32(i) % p.channels;
  let column = i32(i) / p.channels % p.width;
  let row = i32(i) / p.channels / p.width % p.height;
  let n = i32(i) / p.channels / p.width / p.height;
  let rows = range_of(row, p.height, p.resultHeight);
  let columns = range_of(column, p.width, p.resultWidth);
  var sum = 0.0;
  for (var r = rows.x; r <= rows.y; r++) {
    let down = share_of(row, r, p.height, p.resultHeight);
    if (down == 0.0) { continue; }
    for (var c = columns.x; c <= columns.y; c++) {
      let across = share_of(column, c, p.width, p.resultWidth);
      sum += down * across * dy[((n * p.resultHeight + r) * p.resultWidth + c) * p.channels + channel];
    }
  }
  dx[i] = sum;`,
});

/** Bilinear resizing; its gradient is gathered by each element of the image. */
export function resizingKernels(runner: ShaderRunner) {
  function run(
    shader: typeof resize,
    input: TensorInfo,
    output: TensorInfo,
    image: TensorInfo,
    result: TensorInfo,
    aligned: boolean,
  ) {
    const [, height = 1, width = 1, channels = 1] = image.shape;
    const [, resultHeight = 1, resultWidth = 1] = result.shape;
    runner.run({
      shader,
      reads: [input],
      writes: [output],
      elements: sizeOfDims(output.shape),
      parameters: [height, width, channels, resultHeight, resultWidth, aligned ? 1 : 0],
    });
  }

  return {
    resizeBilinear({ inputs: [x], attributes: { alignCorners }, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      run(resize, x, y, x, y, alignCorners);
      return [y];
    },
    resizeBilinearGrad({ inputs: [dy], attributes: { alignCorners }, outputShapes: [shape] }) {
      const dx = runner.empty(shape);
      run(gradient, dy, dx, dx, dy, alignCorners);
      return [dx];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
