import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { Kernels, TensorShape } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/*
 * Sums over all places of an image, for each channel, in two passes: first over stretches of places, a thread for each stretch and
 * channel, so that neighbouring threads read neighbouring channels; then over the stretches. No atomics: always the same order.
 */

/** Mean and sum of squared deviations of each stretch, looking at it twice: numerically as good as two passes over all. */
const moments = elementShader({
  name: 'moments of stretches',
  reads: { x: 'f32' },
  writes: { means: 'f32', squares: 'f32' },
  parameters: { channels: 'u32', places: 'u32', length: 'u32' },
  body: `
  let channel = i % p.channels;
  let begin = i / p.channels * p.length;
  let end = min(begin + p.length, p.places);
  var sum = 0.0;
  for (var at = begin; at < end; at++) { sum += x[at * p.channels + channel]; }
  let mean = sum / f32(end - begin);
  var square = 0.0;
  for (var at = begin; at < end; at++) {
    let deviation = x[at * p.channels + channel] - mean;
    square += deviation * deviation;
  }
  means[i] = mean;
  squares[i] = square;`,
});

/** The moments of all, and the running ones moved towards them. */
const joinMoments = elementShader({
  name: 'moments of all',
  reads: { means: 'f32', squares: 'f32', runningMean: 'f32', runningVariance: 'f32' },
  writes: { newMean: 'f32', newVariance: 'f32', savedMean: 'f32', savedVariance: 'f32' },
  parameters: { places: 'u32', length: 'u32', momentum: 'f32' },
  body: `
  let stretches = (p.places + p.length - 1u) / p.length;
  let count = f32(p.places);
  var mean = 0.0;
  for (var s = 0u; s < stretches; s++) {
    mean += means[s * p.size + i] * (f32(min(p.length, p.places - s * p.length)) / count);
  }
  var square = 0.0;
  for (var s = 0u; s < stretches; s++) {
    let deviation = means[s * p.size + i] - mean;
    square += squares[s * p.size + i] + deviation * deviation * f32(min(p.length, p.places - s * p.length));
  }
  savedMean[i] = mean;
  savedVariance[i] = square / count;
  newMean[i] = (1.0 - p.momentum) * runningMean[i] + p.momentum * mean;
  newVariance[i] = (1.0 - p.momentum) * runningVariance[i] + p.momentum * (square / max(count - 1.0, 1.0));`,
});

const normalize = elementShader({
  name: 'normalize',
  reads: { x: 'f32', scale: 'f32', offset: 'f32', mean: 'f32', variance: 'f32' },
  writes: { y: 'f32' },
  parameters: { channels: 'u32', epsilon: 'f32' },
  body: `
  let channel = i % p.channels;
  let inverse = 1.0 / sqrt(variance[channel] + p.epsilon);
  y[i] = (x[i] - mean[channel]) * (inverse * scale[channel]) + offset[channel];`,
});

const gradientSums = elementShader({
  name: 'gradient sums of stretches',
  reads: { dy: 'f32', x: 'f32', mean: 'f32' },
  writes: { sums: 'f32', products: 'f32' },
  parameters: { channels: 'u32', places: 'u32', length: 'u32' },
  body: `
  let channel = i % p.channels;
  let begin = i / p.channels * p.length;
  let end = min(begin + p.length, p.places);
  let centre = mean[channel];
  var sum = 0.0;
  var product = 0.0;
  for (var at = begin; at < end; at++) {
    let gradient = dy[at * p.channels + channel];
    sum += gradient;
    product += gradient * (x[at * p.channels + channel] - centre);
  }
  sums[i] = sum;
  products[i] = product;`,
});

const joinGradientSums = elementShader({
  name: 'gradient sums of all',
  reads: { sums: 'f32', products: 'f32', variance: 'f32' },
  writes: { dscale: 'f32', doffset: 'f32' },
  parameters: { stretches: 'u32', epsilon: 'f32' },
  body: `
  var sum = 0.0;
  var product = 0.0;
  for (var s = 0u; s < p.stretches; s++) {
    sum += sums[s * p.size + i];
    product += products[s * p.size + i];
  }
  doffset[i] = sum;
  dscale[i] = product / sqrt(variance[i] + p.epsilon);`,
});

const normalizeGradient = elementShader({
  name: 'gradient of normalize',
  reads: { dy: 'f32', x: 'f32', scale: 'f32', mean: 'f32', variance: 'f32', dscale: 'f32', doffset: 'f32' },
  writes: { dx: 'f32' },
  parameters: { channels: 'u32', places: 'u32', epsilon: 'f32' },
  body: `
  let channel = i % p.channels;
  let inverse = 1.0 / sqrt(variance[channel] + p.epsilon);
  let normalized = (x[i] - mean[channel]) * inverse;
  let shared_part = (doffset[channel] + normalized * dscale[channel]) / f32(p.places);
  dx[i] = scale[channel] * inverse * (dy[i] - shared_part);`,
});

/** Threads worth having for a sum: about what fills a large GPU once. */
const THREADS_WANTED = 16_384;
const SHORTEST_STRETCH = 32;

/** Batch normalization: three shaders forward and three backward, where the stock kernels take a dozen each. */
export function batchNormKernels(runner: ShaderRunner) {
  /** How the places of an image fall into stretches. */
  function stretchesOf(x: TensorInfo) {
    const channels = x.shape.at(-1) ?? 1;
    const places = sizeOfDims(x.shape) / channels;
    const most = Math.max(1, Math.floor(THREADS_WANTED / channels));
    const length = Math.min(places, Math.max(SHORTEST_STRETCH, Math.ceil(places / most)));
    const stretches = Math.ceil(places / length);
    const parts: TensorShape = { dims: [stretches, channels], dtype: 'float32' };
    return { channels, places, length, stretches, parts };
  }

  return {
    batchNormTraining({ inputs: [x, scale, offset, runningMean, runningVariance], attributes, outputShapes }) {
      const { epsilon, momentum } = attributes;
      const { channels, places, length, stretches, parts } = stretchesOf(x);
      const [means, squares] = [runner.empty(parts), runner.empty(parts)];
      const parameters = [channels, places, length];
      runner.run({
        shader: moments,
        reads: [x],
        writes: [means, squares],
        elements: stretches * channels,
        parameters,
      });
      const perChannel = outputShapes[1];
      const [newMean, newVariance] = [runner.empty(perChannel), runner.empty(perChannel)];
      const [mean, variance] = [runner.empty(perChannel), runner.empty(perChannel)];
      runner.run({
        shader: joinMoments,
        reads: [means, squares, runningMean, runningVariance],
        writes: [newMean, newVariance, mean, variance],
        elements: channels,
        parameters: [places, length, momentum],
      });
      const y = runner.empty(outputShapes[0]);
      runner.run({
        shader: normalize,
        reads: [x, scale, offset, mean, variance],
        writes: [y],
        elements: places * channels,
        parameters: [channels, epsilon],
      });
      return [y, newMean, newVariance, mean, variance, runner.empty(outputShapes[5])];
    },
    batchNormTrainingGrad({ inputs: [dy, x, scale, mean, variance], attributes: { epsilon }, outputShapes }) {
      const { channels, places, length, stretches, parts } = stretchesOf(x);
      const [sums, products] = [runner.empty(parts), runner.empty(parts)];
      runner.run({
        shader: gradientSums,
        reads: [dy, x, mean],
        writes: [sums, products],
        elements: stretches * channels,
        parameters: [channels, places, length],
      });
      const [dx, dscale, doffset] = [
        runner.empty(outputShapes[0]),
        runner.empty(outputShapes[1]),
        runner.empty(outputShapes[2]),
      ];
      runner.run({
        shader: joinGradientSums,
        reads: [sums, products, variance],
        writes: [dscale, doffset],
        elements: channels,
        parameters: [stretches, epsilon],
      });
      runner.run({
        shader: normalizeGradient,
        reads: [dy, x, scale, mean, variance, dscale, doffset],
        writes: [dx],
        elements: places * channels,
        parameters: [channels, places, epsilon],
      });
      return [dx, dscale, doffset];
    },
    batchNormInference({ inputs: [x, scale, offset, mean, variance], attributes: { epsilon }, outputShapes: [shape] }) {
      const channels = x.shape.at(-1) ?? 1;
      const y = runner.empty(shape);
      runner.run({
        shader: normalize,
        reads: [x, scale, offset, mean, variance],
        writes: [y],
        elements: sizeOfDims(x.shape),
        parameters: [channels, epsilon],
      });
      return [y];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
