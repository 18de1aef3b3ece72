import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { sizeOf } from '../../core/shape.ts';
import { standardize } from './standardize.ts';
import { epsilon, scaleAndOffset } from './normParameters.ts';

export const groupNormalization = defineOp({
  type: 'groupNormalization',
  version: 1,
  family: 'normalization',
  documentation: {
    title: 'Group normalization',
    shortName: 'gn',
    summary:
      'Brings each group of channels of each image to mean 0 and variance 1, then scales and shifts each channel. As many groups as channels is instance normalization.',
    formula: 'y = γ · (x − mean) / √(variance + ε) + β, over a group of channels and all pixels',
    source: 'Wu and He 2018, arXiv 1803.08494',
    keywords: ['gn', 'groupnorm', 'instance', 'style'],
  },
  parameters: z.strictObject({
    groups: z.int().min(1).max(65_536).default(1).describe('Groups the channels are split into; must divide them.'),
    epsilon,
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { groups }, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Group normalization');
    if (!sizes.ok) return sizes;
    const { channels } = sizes.value;
    if (channels === null || channels % groups === 0) return ok({ output: inputs.input });
    return fail({
      code: 'shape/groups',
      parameter: 'groups',
      message: `${groups} groups do not divide the ${channels} channels that come in.`,
      expected: `a divisor of ${channels}`,
      received: String(groups),
    });
  },
  weights({ inputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    if (channels === null || channels === undefined) return null;
    return scaleAndOffset(channels);
  },
  receptiveField: () => 'everything',
  lower({ builder, parameters: { groups, epsilon }, inputs: { input }, weights }) {
    if (weights.scale === undefined || weights.offset === undefined) {
      throw new Error('Group normalization lacks weights');
    }
    const [, height = 1, width = 1, channels = 1] = input.dims;
    const grouped = builder.reshape(input, [-1, height * width, groups, channels / groups]);
    const y = builder.reshape(standardize(builder, grouped, [1, 3], epsilon), input.dims);
    const scaled = builder.multiply(y, builder.readVariable(weights.scale));
    return { output: builder.add(scaled, builder.readVariable(weights.offset)) };
  },
  exportOnnx(context) {
    // An instance normalization of the groups laid out as channels; GroupNormalization itself changed its meaning at opset 21.
    const { groups, epsilon } = context.parameters;
    const name = (part: string): string => `${context.path}/${part}`;
    const [height, width, channels] = context.types.input.axes.map((axis) => axis.size ?? 1);
    const grouped = context.node(
      'Reshape',
      [
        context.inputs.input,
        context.int64('grouped', [-1, groups, ((channels ?? 1) / groups) * (height ?? 1) * (width ?? 1)]),
      ],
      {},
      name('groups'),
    );
    const ones = context.float(
      'ones',
      Array.from({ length: groups }, () => 1),
      [groups],
    );
    const zeros = context.float(
      'zeros',
      Array.from({ length: groups }, () => 0),
      [groups],
    );
    const standard = context.node(
      'InstanceNormalization',
      [grouped, ones, zeros],
      { epsilon: { float: epsilon } },
      name('standard'),
    );
    const shape = context.int64('shape', [-1, channels ?? 1, height ?? 1, width ?? 1]);
    const image = context.node('Reshape', [standard, shape], {}, name('image'));
    const column = context.int64('column', [-1, 1, 1]);
    const factor = context.node('Reshape', [context.weight('scale'), column], {}, name('factor'));
    const shift = context.node('Reshape', [context.weight('offset'), column], {}, name('shift'));
    const scaled = context.node('Mul', [image, factor], {}, name('scaled'));
    return { output: context.node('Add', [scaled, shift]) };
  },
  vectors: [
    {
      name: 'two groups of two channels',
      parameters: { groups: 2, epsilon: 1e-9 },
      inputs: { input: { dims: [1, 1, 2, 4], data: [1, 3, 10, 30, 1, 3, 30, 10] } },
      weights: { scale: [1, 1, 1, 2], offset: [0, 5, 0, 0] },
      output: { dims: [1, 1, 2, 4], data: [-1, 6, -1, 2, -1, 6, 1, -2] },
    },
  ],
});
