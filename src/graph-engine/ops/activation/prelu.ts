import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { isImage, lastAxis } from '../../core/shape.ts';

export const prelu = defineOp({
  type: 'prelu',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'PReLU',
    summary: 'A leaky ReLU that learns how much of the negative values to let through, for each channel.',
    formula: 'y = x for x > 0, else slope · x',
    source: 'He et al. 2015, Delving deep into rectifiers, arXiv 1502.01852',
    keywords: ['parametric', 'rectifier', 'leaky', 'learned'],
  },
  parameters: z.strictObject({
    per: z
      .enum(['channel', 'tensor'])
      .default('channel')
      .describe('"channel" learns a slope for each channel, "tensor" one for all.'),
    initial: z.number().min(-10).max(10).default(0.25).describe('First value of the slopes.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  weights({ parameters: { per, initial }, inputs }) {
    const channels = per === 'tensor' ? 1 : lastAxis(inputs.input)?.size;
    if (channels === null || channels === undefined) return null;
    return { slope: { dims: [channels], initializer: { kind: 'constant', value: initial }, trainable: true } };
  },
  lower({ builder, inputs: { input }, weights }) {
    if (weights.slope === undefined) throw new Error('PReLU has no slope');
    const bent = builder.multiply(input, builder.readVariable(weights.slope));
    return { output: builder.select(builder.greater(input, builder.scalar(0)), input, bent) };
  },
  exportOnnx(context) {
    const slope = context.weight('slope');
    const isWide = context.parameters.per === 'channel' && isImage(context.types.input);
    // Channels come before height and width there, so the slopes need two axes of one behind them.
    const column = isWide ? context.int64('column', [-1, 1, 1]) : undefined;
    const slopes =
      column === undefined ? slope : context.node('Reshape', [slope, column], {}, `${context.path}/slopes`);
    return { output: context.node('PRelu', [context.inputs.input, slopes]) };
  },
  vectors: [
    {
      name: 'a slope for each channel of an image',
      parameters: {},
      inputs: { input: { dims: [1, 1, 3, 2], data: [-2, -2, 0, 1, 3, -1] } },
      weights: { slope: [0.25, -0.5] },
      output: { dims: [1, 1, 3, 2], data: [-0.5, 1, 0, 1, 3, 0.5] },
    },
    {
      name: 'one slope for all features',
      parameters: { per: 'tensor' },
      inputs: { input: { dims: [1, 3], data: [-2, 4, -1] } },
      weights: { slope: [0.5] },
      output: { dims: [1, 3], data: [-1, 4, -0.5] },
    },
  ],
});
