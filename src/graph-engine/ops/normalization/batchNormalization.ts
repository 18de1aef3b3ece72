import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { onnxFeaturesFirst } from '../../core/sequenceWindow.ts';
import { elementCount, isSequence, lastAxis, type TensorType } from '../../core/shape.ts';
import { epsilon } from './normParameters.ts';

/** Channels-last values as the `[n, h, w, c]` the primitive takes. */
function asImageDims(type: TensorType): number[] {
  const channels = lastAxis(type)?.size ?? 1;
  const spatial = (elementCount(type) ?? channels) / channels;
  return [-1, spatial, 1, channels];
}

export const batchNormalization = defineOp({
  type: 'batchNormalization',
  version: 1,
  family: 'normalization',
  documentation: {
    title: 'Batch normalization',
    shortName: 'bn',
    summary:
      'Brings every channel to mean 0 and variance 1 over the batch, then scales and shifts it by learned numbers. Prediction uses running averages.',
    formula: 'y = γ · (x − mean) / √(variance + ε) + β',
    source: 'Ioffe and Szegedy 2015, arXiv 1502.03167',
    keywords: ['bn', 'batchnorm', 'norm'],
  },
  parameters: z.strictObject({
    momentum: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('Share of the new batch in the running averages.')
      .meta({ advanced: true }),
    epsilon,
    initialScale: z
      .number()
      .min(-10)
      .max(10)
      .default(1)
      .describe(
        'First value of γ; 0 on the last one of a residual branch starts the block as an identity (Goyal et al. 2017).',
      )
      .meta({ advanced: true }),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  weights({ parameters, inputs }) {
    const channels = lastAxis(inputs.input)?.size;
    if (channels === null || channels === undefined) return null;
    return {
      scale: { dims: [channels], initializer: { kind: 'constant', value: parameters.initialScale }, trainable: true },
      offset: { dims: [channels], initializer: { kind: 'zeros' }, trainable: true },
      runningMean: { dims: [channels], initializer: { kind: 'zeros' }, trainable: false },
      runningVariance: { dims: [channels], initializer: { kind: 'ones' }, trainable: false },
    };
  },
  lower({ builder, parameters: { epsilon, momentum }, inputs, types, weights, mode }) {
    const { scale, offset, runningMean, runningVariance } = weights;
    if (scale === undefined || offset === undefined || runningMean === undefined || runningVariance === undefined) {
      throw new Error('Batch normalization lacks weights');
    }
    const isFlat = types.input.axes.length !== 3;
    const x = isFlat ? builder.reshape(inputs.input, asImageDims(types.input)) : inputs.input;
    const [gamma, beta] = [builder.readVariable(scale), builder.readVariable(offset)];
    const [mean, variance] = [builder.readVariable(runningMean), builder.readVariable(runningVariance)];
    let y;
    if (mode === 'inference') y = builder.batchNormInference(x, gamma, beta, mean, variance, { epsilon });
    else {
      const normalized = builder.batchNormTraining(x, gamma, beta, mean, variance, { epsilon, momentum });
      builder.assign(runningMean, normalized.newRunningMean);
      builder.assign(runningVariance, normalized.newRunningVariance);
      y = normalized.y;
    }
    return { output: isFlat ? builder.reshape(y, inputs.input.dims) : y };
  },
  exportOnnx(context) {
    const weights = [
      context.weight('scale'),
      context.weight('offset'),
      context.weight('runningMean'),
      context.weight('runningVariance'),
    ];
    const write = (x: string, name?: string): string =>
      context.node('BatchNormalization', [x, ...weights], { epsilon: { float: context.parameters.epsilon } }, name);
    const { input } = context.inputs;
    return { output: isSequence(context.types.input) ? onnxFeaturesFirst(context, input, write) : write(input) };
  },
  vectors: [
    {
      name: 'prediction uses the running averages',
      parameters: { epsilon: 1 },
      inputs: { input: { dims: [1, 1, 2, 2], data: [1, 2, 3, 4] } },
      weights: { scale: [2, 1], offset: [0, 1], runningMean: [1, 0], runningVariance: [3, 8] },
      output: { dims: [1, 1, 2, 2], data: [0, 1 + 2 / 3, 2, 1 + 4 / 3] },
      mode: 'inference',
    },
    {
      name: 'each feature of a sequence over batch and positions, as PyTorch, with the running averages',
      parameters: { epsilon: 1 },
      inputs: { input: { dims: [2, 3, 3], data: [4, -4, 1, 3, 0, -4, 4, -4, 3, 2, -4, 0, 3, -4, -3, 4, -2, -1] } },
      weights: { scale: [2, -1, 1], offset: [0, 3, 1], runningMean: [1, 0, -1], runningVariance: [3, 8, 1] },
      output: {
        dims: [2, 3, 3],
        data: [
          3, 4.33333333, 2.41421356, 2, 3, -1.12132034, 3, 4.33333333, 3.82842712, 1, 4.33333333, 1.70710678, 2,
          4.33333333, -0.41421356, 3, 3.66666667, 1,
        ],
      },
      mode: 'inference',
    },
    {
      name: 'each feature of a sequence over batch and positions, as PyTorch, while training',
      parameters: {},
      inputs: { input: { dims: [2, 3, 3], data: [4, -4, 1, 3, 0, -4, 4, -4, 3, 2, -4, 0, 3, -4, -3, 4, -2, -1] } },
      weights: { scale: [2, -1, 1], offset: [0, 3, 1], runningMean: [1, 0, -1], runningVariance: [3, 8, 1] },
      output: {
        dims: [2, 3, 3],
        data: [
          1.78883828, 3.65465227, 1.70710614, -0.89441914, 1.0360432, -0.41421229, 1.78883828, 3.65465227, 2.55563352,
          -3.57767657, 3.65465227, 1.28284246, -0.89441914, 3.65465227, 0.0100514, 1.78883828, 2.34534773, 0.85857877,
        ],
      },
      mode: 'train',
    },
  ],
});
