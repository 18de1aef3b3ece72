import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { Kernels, TensorShape } from '../../interpreted/interpretedEngine.ts';
import { elementShader, groupShader, type Shader, type ShaderType } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/*
 * Sums over all places of an image, for each channel, in two passes: first over stretches of places, then over the stretches. In
 * both a workgroup has some neighbouring channels and as many rows of threads as it has room for, which share the places and are
 * joined in the memory of the group. No atomics: always the same order.
 */

const THREADS = 256;

/** Sums `total` and `product` of the rows of threads of each channel, and leaves those of all in the first row. */
const joinRows = (lanes: number): string => `
  totals[local] = total;
  products[local] = product;
  workgroupBarrier();
  for (var width = ${THREADS / 2}u; width >= ${lanes}u; width >>= 1u) {
    if (local < width) {
      totals[local] += totals[local + width];
      products[local] += products[local + width];
    }
    workgroupBarrier();
  }`;

const shared = `
var<workgroup> totals: array<f32, ${THREADS}>;
var<workgroup> products: array<f32, ${THREADS}>;`;

/** Where a thread is: its channel, and its row among those of the channel. Channels beyond the last do the last again. */
const lane = (lanes: number): string => `
  let lane = local % ${lanes}u;
  let row = local / ${lanes}u;
  let exists = group.x * ${lanes}u + lane < p.channels;
  let channel = min(group.x * ${lanes}u + lane, p.channels - 1u);`;

const stretch = (lanes: number): string => `${lane(lanes)}
  let begin = group.y * p.length;
  let end = min(begin + p.length, p.places);
  let result = group.y * p.channels + channel;
  var total = 0.0;
  var product = 0.0;`;

/** Mean and sum of squared deviations of each stretch, from its first element on, which takes care of means far from zero. */
const moments = (lanes: number): Shader =>
  groupShader({
    name: 'moments of stretches',
    reads: { x: 'f32' },
    writes: { means: 'f32', squares: 'f32' },
    parameters: { channels: 'u32', places: 'u32', length: 'u32' },
    threads: THREADS,
    declarations: shared,
    body: `${stretch(lanes)}
  let first = x[begin * p.channels + channel];
  for (var at = begin + row; at < end; at += ${THREADS / lanes}u) {
    let deviation = x[at * p.channels + channel] - first;
    total += deviation;
    product += deviation * deviation;
  }
${joinRows(lanes)}
  if (row == 0u && exists) {
    let count = f32(end - begin);
    means[result] = first + totals[lane] / count;
    squares[result] = max(products[lane] - totals[lane] * totals[lane] / count, 0.0);
  }`,
  });

/** The moments of all, and the running ones moved towards them. */
const joinMoments = (lanes: number): Shader =>
  groupShader({
    name: 'moments of all',
    reads: { means: 'f32', squares: 'f32', runningMean: 'f32', runningVariance: 'f32' },
    writes: { newMean: 'f32', newVariance: 'f32', savedMean: 'f32', savedVariance: 'f32' },
    parameters: { channels: 'u32', places: 'u32', length: 'u32', momentum: 'f32' },
    threads: THREADS,
    declarations: shared,
    body: `${lane(lanes)}
  let stretches = (p.places + p.length - 1u) / p.length;
  let count = f32(p.places);
  var total = 0.0;
  var product = 0.0;
  for (var s = row; s < stretches; s += ${THREADS / lanes}u) {
    total += means[s * p.channels + channel] * (f32(min(p.length, p.places - s * p.length)) / count);
  }
${joinRows(lanes)}
  let mean = totals[lane];
  workgroupBarrier();
  total = 0.0;
  for (var s = row; s < stretches; s += ${THREADS / lanes}u) {
    let deviation = means[s * p.channels + channel] - mean;
    product += squares[s * p.channels + channel];
    product += deviation * deviation * f32(min(p.length, p.places - s * p.length));
  }
${joinRows(lanes)}
  if (row == 0u && exists) {
    let square = products[lane];
    savedMean[channel] = mean;
    savedVariance[channel] = square / count;
    newMean[channel] = (1.0 - p.momentum) * runningMean[channel] + p.momentum * mean;
    newVariance[channel] = (1.0 - p.momentum) * runningVariance[channel] + p.momentum * (square / max(count - 1.0, 1.0));
  }`,
  });

const gradientSums = (lanes: number): Shader =>
  groupShader({
    name: 'gradient sums of stretches',
    reads: { dy: 'f32', x: 'f32', mean: 'f32' },
    writes: { sums: 'f32', parts: 'f32' },
    parameters: { channels: 'u32', places: 'u32', length: 'u32' },
    threads: THREADS,
    declarations: shared,
    body: `${stretch(lanes)}
  let centre = mean[channel];
  for (var at = begin + row; at < end; at += ${THREADS / lanes}u) {
    let gradient = dy[at * p.channels + channel];
    total += gradient;
    product += gradient * (x[at * p.channels + channel] - centre);
  }
${joinRows(lanes)}
  if (row == 0u && exists) {
    sums[result] = totals[lane];
    parts[result] = products[lane];
  }`,
  });

const joinGradientSums = (lanes: number): Shader =>
  groupShader({
    name: 'gradient sums of all',
    reads: { sums: 'f32', parts: 'f32', variance: 'f32' },
    writes: { dscale: 'f32', doffset: 'f32' },
    parameters: { channels: 'u32', stretches: 'u32', epsilon: 'f32' },
    threads: THREADS,
    declarations: shared,
    body: `${lane(lanes)}
  var total = 0.0;
  var product = 0.0;
  for (var s = row; s < p.stretches; s += ${THREADS / lanes}u) {
    total += sums[s * p.channels + channel];
    product += parts[s * p.channels + channel];
  }
${joinRows(lanes)}
  if (row == 0u && exists) {
    doffset[channel] = totals[lane];
    dscale[channel] = products[lane] / sqrt(variance[channel] + p.epsilon);
  }`,
  });

/** Elements that a thread makes: neighbouring channels, of which there is then a multiple. */
type Width = 1 | 4;
const typeOf = (width: Width): ShaderType => (width === 4 ? 'vec4<f32>' : 'f32');

/** `channels` and `size` count what a thread makes. */
const normalize = (width: Width): Shader => {
  const type = typeOf(width);
  return elementShader({
    name: 'normalize',
    reads: { x: type, scale: type, offset: type, mean: type, variance: type },
    writes: { y: type },
    parameters: { channels: 'u32', epsilon: 'f32' },
    body: `
  let channel = i % p.channels;
  let inverse = 1.0 / sqrt(variance[channel] + p.epsilon);
  y[i] = (x[i] - mean[channel]) * (inverse * scale[channel]) + offset[channel];`,
  });
};

const normalizeGradient = (width: Width): Shader => {
  const type = typeOf(width);
  return elementShader({
    name: 'gradient of normalize',
    reads: { dy: type, x: type, scale: type, mean: type, variance: type, dscale: type, doffset: type },
    writes: { dx: type },
    parameters: { channels: 'u32', places: 'u32', epsilon: 'f32' },
    body: `
  let channel = i % p.channels;
  let inverse = 1.0 / sqrt(variance[channel] + p.epsilon);
  let normalized = (x[i] - mean[channel]) * inverse;
  let shared_part = (doffset[channel] + normalized * dscale[channel]) / f32(p.places);
  dx[i] = scale[channel] * inverse * (dy[i] - shared_part);`,
  });
};

const byWidth = (make: (width: Width) => Shader) => ({ 1: make(1), 4: make(4) });
const normalizers = byWidth(normalize);
const normalizerGradients = byWidth(normalizeGradient);

/** Channels of a workgroup, by which there are shaders. */
const LANES = [16, 64] as const;
const byLanes = (make: (lanes: number) => Shader) => ({ 16: make(16), 64: make(64) });
const sums = {
  moments: byLanes(moments),
  joinMoments: byLanes(joinMoments),
  gradientSums: byLanes(gradientSums),
  joinGradientSums: byLanes(joinGradientSums),
};

/** Workgroups worth having: what a large GPU runs at once. */
const WORKGROUPS_WANTED = 1024;
/** Of the threads that a channel has, each sums at least so many places. */
const SHORTEST_SUM = 8;

/** Batch normalization: three shaders forward and three backward, where the stock kernels take a dozen each. */
export function batchNormKernels(runner: ShaderRunner) {
  /** How the places of an image fall into stretches. */
  function stretchesOf(x: TensorInfo) {
    const channels = x.shape.at(-1) ?? 1;
    const places = sizeOfDims(x.shape) / channels;
    const lanes = channels <= LANES[0] ? LANES[0] : LANES[1];
    const blocks = Math.ceil(channels / lanes);
    const shortest = (SHORTEST_SUM * THREADS) / lanes;
    const length = Math.min(places, Math.max(shortest, Math.ceil(places / Math.ceil(WORKGROUPS_WANTED / blocks))));
    const stretches = Math.ceil(places / length);
    const parts: TensorShape = { dims: [stretches, channels], dtype: 'float32' };
    return {
      ...{ channels, places, length, stretches, parts, lanes },
      overStretches: [blocks, stretches] as const,
      // Fewer channels to a workgroup: more workgroups, with more threads for the stretches of each.
      overChannels: [Math.ceil(channels / LANES[0])] as const,
    };
  }

  function widthOf(x: TensorInfo): Width {
    return (x.shape.at(-1) ?? 1) % 4 === 0 ? 4 : 1;
  }

  return {
    batchNormTraining({ inputs: [x, scale, offset, runningMean, runningVariance], attributes, outputShapes }) {
      const { epsilon, momentum } = attributes;
      const { channels, places, length, lanes, parts, overStretches, overChannels } = stretchesOf(x);
      const [means, squares] = [runner.empty(parts), runner.empty(parts)];
      runner.run({
        shader: sums.moments[lanes],
        reads: [x],
        writes: [means, squares],
        workgroups: overStretches,
        parameters: [channels, places, length],
      });
      const perChannel = outputShapes[1];
      const [newMean, newVariance] = [runner.empty(perChannel), runner.empty(perChannel)];
      const [mean, variance] = [runner.empty(perChannel), runner.empty(perChannel)];
      runner.run({
        shader: sums.joinMoments[LANES[0]],
        reads: [means, squares, runningMean, runningVariance],
        writes: [newMean, newVariance, mean, variance],
        workgroups: overChannels,
        parameters: [channels, places, length, momentum],
      });
      const y = runner.empty(outputShapes[0]);
      const width = widthOf(x);
      runner.run({
        shader: normalizers[width],
        reads: [x, scale, offset, mean, variance],
        writes: [y],
        elements: (places * channels) / width,
        parameters: [channels / width, epsilon],
      });
      return [y, newMean, newVariance, mean, variance, runner.empty(outputShapes[5])];
    },
    batchNormTrainingGrad({ inputs: [dy, x, scale, mean, variance], attributes: { epsilon }, outputShapes }) {
      const { channels, places, length, lanes, stretches, parts, overStretches, overChannels } = stretchesOf(x);
      const [total, products] = [runner.empty(parts), runner.empty(parts)];
      runner.run({
        shader: sums.gradientSums[lanes],
        reads: [dy, x, mean],
        writes: [total, products],
        workgroups: overStretches,
        parameters: [channels, places, length],
      });
      const [dx, dscale, doffset] = [
        runner.empty(outputShapes[0]),
        runner.empty(outputShapes[1]),
        runner.empty(outputShapes[2]),
      ];
      runner.run({
        shader: sums.joinGradientSums[LANES[0]],
        reads: [total, products, variance],
        writes: [dscale, doffset],
        workgroups: overChannels,
        parameters: [channels, stretches, epsilon],
      });
      const width = widthOf(x);
      runner.run({
        shader: normalizerGradients[width],
        reads: [dy, x, scale, mean, variance, dscale, doffset],
        writes: [dx],
        elements: (places * channels) / width,
        parameters: [channels / width, places, epsilon],
      });
      return [dx, dscale, doffset];
    },
    batchNormInference({ inputs: [x, scale, offset, mean, variance], attributes: { epsilon }, outputShapes: [shape] }) {
      const channels = x.shape.at(-1) ?? 1;
      const y = runner.empty(shape);
      const width = widthOf(x);
      runner.run({
        shader: normalizers[width],
        reads: [x, scale, offset, mean, variance],
        writes: [y],
        elements: sizeOfDims(x.shape) / width,
        parameters: [channels / width, epsilon],
      });
      return [y];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
