import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectSpatial, spatialAxes } from '../../core/expectSpatial.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { onnxFeaturesFirst } from '../../core/sequenceWindow.ts';
import { isSequence, lastAxis } from '../../core/shape.ts';
import { epsilon, scaleAndOffset } from './normParameters.ts';
import { standardize } from './standardize.ts';

export const instanceNormalization = defineOp({
  type: 'instanceNormalization',
  version: 1,
  family: 'normalization',
  documentation: {
    title: 'Instance normalization',
    shortName: 'in',
    summary:
      'Brings each channel of each example to mean 0 and variance 1 over all its pixels or positions: contrast and style go, content stays.',
    formula: 'y = γ · (x − mean) / √(variance + ε) + β, over the pixels of one channel of one example',
    source: 'Ulyanov et al. 2016, arXiv 1607.08022',
    keywords: ['in', 'instancenorm', 'style transfer', 'contrast'],
  },
  parameters: z.strictObject({
    affine: z.boolean().default(true).describe('Scales and shifts each channel by learned numbers afterwards.'),
    epsilon,
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs: { input } }) {
    const spatial = expectSpatial(input, 'input', 'Instance normalization');
    return spatial.ok ? ok({ output: input }) : spatial;
  },
  weights({ parameters: { affine }, inputs }) {
    const channels = lastAxis(inputs.input)?.size;
    if (channels === null || channels === undefined) return null;
    const { scale, offset } = scaleAndOffset(channels);
    return affine ? { scale, offset } : {};
  },
  receptiveField: () => 'everything',
  lower({ builder, parameters, inputs: { input }, types, weights }) {
    const standard = standardize(builder, input, spatialAxes(types.input), parameters.epsilon);
    if (weights.scale === undefined || weights.offset === undefined) return { output: standard };
    const scaled = builder.multiply(standard, builder.readVariable(weights.scale));
    return { output: builder.add(scaled, builder.readVariable(weights.offset)) };
  },
  exportOnnx(context) {
    const { affine, epsilon } = context.parameters;
    const channels = lastAxis(context.types.input)?.size ?? 1;
    const filled = (name: string, value: number): string =>
      context.float(
        name,
        Array.from({ length: channels }, () => value),
        [channels],
      );
    const scale = affine ? context.weight('scale') : filled('ones', 1);
    const offset = affine ? context.weight('offset') : filled('zeros', 0);
    const write = (x: string, name?: string): string =>
      context.node('InstanceNormalization', [x, scale, offset], { epsilon: { float: epsilon } }, name);
    const { input } = context.inputs;
    return { output: isSequence(context.types.input) ? onnxFeaturesFirst(context, input, write) : write(input) };
  },
  vectors: [
    {
      name: 'an image, as PyTorch',
      parameters: {},
      inputs: {
        input: {
          dims: [2, 2, 3, 2],
          data: [0, 2, 1, -2, -3, 3, -1, -3, -3, 3, -1, -4, -2, 4, -2, 4, -4, -4, 0, 1, -1, 2, 2, -3],
        },
      },
      weights: { scale: [2, -1], offset: [0, 3] },
      output: {
        dims: [2, 2, 3, 2],
        data: [
          1.59544434, 2.2556226, 2.96296806, 3.6298578, -2.50712682, 1.91206381, 0.22792062, 3.97341659, -2.50712682,
          1.91206381, 0.22792062, 4.31697539, -0.8944259, 1.94000266, -0.8944259, 1.94000266, -3.04104807, 4.48399628,
          1.25219626, 2.89400027, 0.17888518, 2.57600106, 3.39881843, 4.16599708,
        ],
      },
    },
    {
      name: 'a sequence, without scale and shift, as PyTorch',
      parameters: { affine: false, epsilon: 0.001 },
      inputs: { input: { dims: [1, 4, 3], data: [-4, 0, 0, 1, 4, 0, 1, 2, 2, -1, -3, 1] } },
      output: {
        dims: [1, 4, 3],
        data: [
          -1.58801317, -0.28999927, -0.90387691, 0.85508402, 1.25666348, -0.90387691, 0.85508402, 0.48333211,
          1.50646151, -0.12215486, -1.44999633, 0.3012923,
        ],
      },
    },
  ],
});
