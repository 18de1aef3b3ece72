import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { isImage, lastAxis } from '../../core/shape.ts';

export const scale = defineOp({
  type: 'scale',
  version: 1,
  family: 'merge',
  documentation: {
    title: 'Scale',
    summary:
      'Multiplies by a learned number: one for all (the α of ReZero, which starts a branch at zero) or one a channel (LayerScale).',
    formula: 'y = α · x',
    source: 'Bachlechner et al. 2020, arXiv 2003.04887; Touvron et al. 2021, arXiv 2103.17239',
    keywords: ['rezero', 'layerscale', 'skipinit', 'alpha', 'gate', 'learned'],
  },
  parameters: z.strictObject({
    per: z
      .enum(['tensor', 'channel'])
      .default('tensor')
      .describe('"tensor" learns one number, "channel" one for each channel.'),
    initial: z
      .number()
      .min(-10)
      .max(10)
      .default(0)
      .describe('First value; 0 makes a residual block start as an identity.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  weights({ parameters, inputs }) {
    const channels = parameters.per === 'tensor' ? 1 : lastAxis(inputs.input)?.size;
    if (channels === null || channels === undefined) return null;
    return {
      alpha: { dims: [channels], initializer: { kind: 'constant', value: parameters.initial }, trainable: true },
    };
  },
  lower({ builder, inputs, weights }) {
    if (weights.alpha === undefined) throw new Error('Scale has no alpha');
    return { output: builder.multiply(inputs.input, builder.readVariable(weights.alpha)) };
  },
  exportOnnx(context) {
    const alpha = context.weight('alpha');
    const isWide = context.parameters.per === 'channel' && isImage(context.types.input);
    // Channels come before height and width there, so the factors need two axes of one behind them.
    const shape = isWide ? context.int64('shape', [-1, 1, 1]) : undefined;
    const factor = shape === undefined ? alpha : context.node('Reshape', [alpha, shape], {}, `${context.path}/factor`);
    return { output: context.node('Mul', [context.inputs.input, factor]) };
  },
  vectors: [
    {
      name: 'one number for all',
      parameters: {},
      inputs: { input: { dims: [1, 3], data: [1, 2, 3] } },
      weights: { alpha: [0.5] },
      output: { dims: [1, 3], data: [0.5, 1, 1.5] },
    },
    {
      name: 'one number a channel',
      parameters: { per: 'channel' },
      inputs: { input: { dims: [1, 1, 2, 2], data: [1, 2, 3, 4] } },
      weights: { alpha: [2, -1] },
      output: { dims: [1, 1, 2, 2], data: [2, -2, 6, -4] },
    },
  ],
});
