import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectSpatial } from '../../core/expectSpatial.ts';
import { defineOp } from '../../core/opDefinition.ts';
import type { OnnxContext } from '../../core/onnxContext.ts';
import { onnxFeaturesFirst } from '../../core/sequenceWindow.ts';
import { isSequence, lastAxis } from '../../core/shape.ts';
import { standardize } from './standardize.ts';
import { epsilon, scaleAndOffset } from './normParameters.ts';

/** An instance normalization of the groups laid out as channels; GroupNormalization itself changed its meaning at opset 21. */
function onnxGroups(
  context: OnnxContext<{ readonly groups: number; readonly epsilon: number }, 'input', 'scale' | 'offset'>,
  x: string,
  result?: string,
): string {
  const { groups, epsilon } = context.parameters;
  const name = (part: string): string => `${context.path}/${part}`;
  const sizes = context.types.input.axes.map((axis) => axis.size ?? 1);
  const [channels = 1] = sizes.slice(-1);
  const places = sizes.slice(0, -1);
  const members = places.reduce((product, size) => product * size, channels / groups);
  const grouped = context.node('Reshape', [x, context.int64('grouped', [0, groups, members])], {}, name('groups'));
  const filled = (part: string, value: number): string =>
    context.float(
      part,
      Array.from({ length: groups }, () => value),
      [groups],
    );
  const standard = context.node(
    'InstanceNormalization',
    [grouped, filled('ones', 1), filled('zeros', 0)],
    { epsilon: { float: epsilon } },
    name('standard'),
  );
  const together = context.node(
    'Reshape',
    [standard, context.int64('shape', [0, channels, ...places])],
    {},
    name('together'),
  );
  const column = context.int64('column', [-1, ...places.map(() => 1)]);
  const factor = context.node('Reshape', [context.weight('scale'), column], {}, name('factor'));
  const shift = context.node('Reshape', [context.weight('offset'), column], {}, name('shift'));
  const scaled = context.node('Mul', [together, factor], {}, name('scaled'));
  return context.node('Add', [scaled, shift], {}, result);
}

export const groupNormalization = defineOp({
  type: 'groupNormalization',
  version: 1,
  family: 'normalization',
  documentation: {
    title: 'Group normalization',
    shortName: 'gn',
    summary:
      'Brings each group of channels of each example to mean 0 and variance 1, then scales and shifts each channel. As many groups as channels is instance normalization.',
    formula: 'y = γ · (x − mean) / √(variance + ε) + β, over a group of channels and all pixels or positions',
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
    const spatial = expectSpatial(inputs.input, 'input', 'Group normalization');
    if (!spatial.ok) return spatial;
    const { channels } = spatial.value;
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
    const channels = lastAxis(inputs.input)?.size;
    if (channels === null || channels === undefined) return null;
    return scaleAndOffset(channels);
  },
  receptiveField: () => 'everything',
  lower({ builder, parameters: { groups, epsilon }, inputs: { input }, weights }) {
    if (weights.scale === undefined || weights.offset === undefined) {
      throw new Error('Group normalization lacks weights');
    }
    const channels = input.dims.at(-1) ?? 1;
    const places = input.dims.slice(1, -1).reduce((product, size) => product * size, 1);
    const grouped = builder.reshape(input, [-1, places, groups, channels / groups]);
    const y = builder.reshape(standardize(builder, grouped, [1, 3], epsilon), input.dims);
    const scaled = builder.multiply(y, builder.readVariable(weights.scale));
    return { output: builder.add(scaled, builder.readVariable(weights.offset)) };
  },
  exportOnnx(context) {
    const { input } = context.inputs;
    if (isSequence(context.types.input)) {
      return { output: onnxFeaturesFirst(context, input, (x, name) => onnxGroups(context, x, name)) };
    }
    return { output: onnxGroups(context, input) };
  },
  vectors: [
    {
      name: 'two groups of two channels',
      parameters: { groups: 2, epsilon: 1e-9 },
      inputs: { input: { dims: [1, 1, 2, 4], data: [1, 3, 10, 30, 1, 3, 30, 10] } },
      weights: { scale: [1, 1, 1, 2], offset: [0, 5, 0, 0] },
      output: { dims: [1, 1, 2, 4], data: [-1, 6, -1, 2, -1, 6, 1, -2] },
    },
    {
      name: 'two groups of the features of a sequence, as PyTorch',
      parameters: { groups: 2 },
      inputs: {
        input: {
          dims: [2, 3, 4],
          data: [-2, 3, 0, 2, 0, -3, 1, -4, 2, 1, -4, 3, 1, 3, 1, 4, 4, -4, -3, 4, 3, -2, 4, 0],
        },
      },
      weights: { scale: [2, -1, 1, 0.5], offset: [0, 3, 1, -1] },
      output: {
        dims: [2, 3, 4],
        data: [
          -2.04908477, 1.66021381, 1.12126773, -0.57556294, -0.15762191, 4.4974081, 1.48507093, -1.66697253, 1.73384096,
          2.60594524, -0.33394505, -0.39366134, 0.1145196, 2.2556226, 0.74599993, -0.55549988, 2.17587239, 4.66053419,
          -0.77800049, -0.55549988, 1.48875479, 3.97341659, 1.88900024, -1.31750009,
        ],
      },
    },
  ],
});
