import type { Kernels } from '../kernel.ts';
import { at } from '../tensor.ts';

/** Sum over all positions of a channels-last tensor, for each channel. */
function sumPerChannel(length: number, channels: number, value: (position: number, channel: number) => number) {
  const sums = new Float64Array(channels);
  for (let i = 0; i < length; i++) sums[i % channels] = at(sums, i % channels) + value(i, i % channels);
  return sums;
}

function blend(running: Float64Array, batch: Float64Array, momentum: number): Float64Array {
  return running.map((value, channel) => (1 - momentum) * value + momentum * at(batch, channel));
}

export const normalizationKernels = {
  batchNormTraining({ inputs: [x, scale, offset, runningMean, runningVariance], attributes: { epsilon, momentum } }) {
    const channels = scale.data.length;
    const count = x.data.length / channels;
    const mean = sumPerChannel(x.data.length, channels, (i) => at(x.data, i)).map((sum) => sum / count);
    const variance = sumPerChannel(
      x.data.length,
      channels,
      (i, channel) => (at(x.data, i) - at(mean, channel)) ** 2,
    ).map((sum) => sum / count);
    const y = x.data.map((value, i) => {
      const channel = i % channels;
      const normalized = (value - at(mean, channel)) / Math.sqrt(at(variance, channel) + epsilon);
      return normalized * at(scale.data, channel) + at(offset.data, channel);
    });
    // A single position has no unbiased variance; like TensorFlow, divide by one then.
    const unbiased = variance.map((value) => (value * count) / Math.max(count - 1, 1));
    return [
      y,
      blend(runningMean.data, mean, momentum),
      blend(runningVariance.data, unbiased, momentum),
      mean,
      variance,
      new Float64Array(1),
    ];
  },
  batchNormTrainingGrad({ inputs: [dy, x, scale, savedMean, savedVariance], attributes: { epsilon } }) {
    const channels = scale.data.length;
    const count = x.data.length / channels;
    const inverse = savedVariance.data.map((variance) => 1 / Math.sqrt(variance + epsilon));
    const normalized = x.data.map((value, i) => (value - at(savedMean.data, i % channels)) * at(inverse, i % channels));
    const doffset = sumPerChannel(dy.data.length, channels, (i) => at(dy.data, i));
    const dscale = sumPerChannel(dy.data.length, channels, (i) => at(dy.data, i) * at(normalized, i));
    const dx = dy.data.map((value, i) => {
      const channel = i % channels;
      const centred = value - (at(doffset, channel) + at(normalized, i) * at(dscale, channel)) / count;
      return at(scale.data, channel) * at(inverse, channel) * centred;
    });
    return [dx, dscale, doffset];
  },
  batchNormInference({ inputs: [x, scale, offset, mean, variance], attributes: { epsilon } }) {
    const channels = scale.data.length;
    return [
      x.data.map((value, i) => {
        const channel = i % channels;
        const normalized = (value - at(mean.data, channel)) / Math.sqrt(at(variance.data, channel) + epsilon);
        return normalized * at(scale.data, channel) + at(offset.data, channel);
      }),
    ];
  },
} satisfies Kernels<'batchNormTraining' | 'batchNormTrainingGrad' | 'batchNormInference'>;
