import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, lastAxis, type TensorType } from '../../core/shape.ts';
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
    const output = context.node('BatchNormalization', [context.inputs.input, ...weights], {
      epsilon: { float: context.parameters.epsilon },
    });
    return { output };
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
  ],
});
