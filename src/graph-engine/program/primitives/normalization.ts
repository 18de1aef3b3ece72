import { formatDims } from '../dims.ts';
import type { Value } from '../program.ts';
import { definePrimitive, demand, type TensorSpec } from './definePrimitive.ts';

function demandPerChannel(x: Value, statistics: readonly Value[]): void {
  demand(x.dims.length === 4, `an image must have rank 4, got ${formatDims(x.dims)}`);
  for (const value of statistics) {
    demand(
      value.dims.length === 1 && value.dims[0] === x.dims[3],
      `${formatDims(value.dims)} is not one number per channel of ${formatDims(x.dims)}`,
    );
  }
}

/**
 * Normalizes with the mean and biased variance of the batch, and moves the running statistics towards it by `momentum`,
 * the variance by the unbiased one (Ioffe and Szegedy 2015; PyTorch's conventions). `savedMean`, `savedVariance` and
 * `reserve` belong to the executor and serve the gradient alone.
 */
export const batchNormTraining = definePrimitive({
  name: 'batchNormTraining',
  infer(
    [x, scale, offset, runningMean, runningVariance]: readonly [
      x: Value,
      scale: Value,
      offset: Value,
      runningMean: Value,
      runningVariance: Value,
    ],
    _attributes: { readonly epsilon: number; readonly momentum: number },
  ): readonly [
    y: TensorSpec,
    newRunningMean: TensorSpec,
    newRunningVariance: TensorSpec,
    savedMean: TensorSpec,
    savedVariance: TensorSpec,
    reserve: TensorSpec,
  ] {
    demandPerChannel(x, [scale, offset, runningMean, runningVariance]);
    const channel: TensorSpec = { dims: scale.dims, dtype: 'float32' };
    return [{ dims: x.dims, dtype: 'float32' }, channel, channel, channel, channel, { dims: [], dtype: 'float32' }];
  },
  gradient({ builder, inputs: [x, scale], outputs, attributes, outputGradients }) {
    const [dy, ...others] = outputGradients;
    demand(
      dy !== undefined && others.every((gradient) => gradient === undefined),
      'only the normalized output of a batch normalization has a gradient',
    );
    const [, , , savedMean, savedVariance, reserve] = outputs;
    return builder.batchNormTrainingGrad(dy, x, scale, savedMean, savedVariance, reserve, attributes.epsilon);
  },
});

export const batchNormTrainingGrad = definePrimitive({
  name: 'batchNormTrainingGrad',
  infer(
    [dy, x, scale, savedMean, savedVariance]: readonly [
      dy: Value,
      x: Value,
      scale: Value,
      savedMean: Value,
      savedVariance: Value,
      reserve: Value,
    ],
    _attributes: { readonly epsilon: number },
  ): readonly [dx: TensorSpec, dscale: TensorSpec, doffset: TensorSpec] {
    demandPerChannel(x, [scale, savedMean, savedVariance]);
    demandPerChannel(dy, [scale]);
    const channel: TensorSpec = { dims: scale.dims, dtype: 'float32' };
    return [{ dims: x.dims, dtype: 'float32' }, channel, channel];
  },
});

export const batchNormInference = definePrimitive({
  name: 'batchNormInference',
  infer(
    [x, scale, offset, mean, variance]: readonly [x: Value, scale: Value, offset: Value, mean: Value, variance: Value],
    _attributes: { readonly epsilon: number },
  ): readonly [TensorSpec] {
    demandPerChannel(x, [scale, offset, mean, variance]);
    return [{ dims: x.dims, dtype: 'float32' }];
  },
  gradient({ builder: b, inputs: [x, scale, , mean, variance], attributes, outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    const inverse = b.rsqrt(b.add(variance, b.scalar(attributes.epsilon)));
    const factor = b.multiply(scale, inverse);
    const sum = wanted(2) || wanted(3) ? b.biasAddGrad(dy) : undefined;
    const weighted = wanted(1) || wanted(4) ? b.biasAddGrad(b.multiply(dy, b.subtract(x, mean))) : undefined;
    return [
      wanted(0) ? b.multiply(dy, factor) : undefined,
      wanted(1) && weighted ? b.multiply(weighted, inverse) : undefined,
      wanted(2) ? sum : undefined,
      wanted(3) && sum ? b.negate(b.multiply(sum, factor)) : undefined,
      wanted(4) && weighted
        ? b.multiply(b.multiply(weighted, factor), b.multiply(b.square(inverse), b.scalar(-0.5)))
        : undefined,
    ];
  },
});
