import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { describeShape, isImage, lastAxis } from '../../core/shape.ts';
import { lastAxisMean } from './lastAxisMean.ts';
import { epsilon } from './normParameters.ts';

export const rmsNormalization = defineOp({
  type: 'rmsNormalization',
  version: 1,
  family: 'normalization',
  documentation: {
    title: 'RMS normalization',
    shortName: 'rms',
    summary:
      'Divides the features of each position by their root mean square and scales them: a layer normalization without the mean.',
    formula: 'y = γ · x / √(mean(x²) + ε), over the last axis',
    source: 'Zhang and Sennrich 2019, arXiv 1910.07467',
    keywords: ['rmsnorm', 'transformer', 'llama'],
  },
  parameters: z.strictObject({
    epsilon,
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs: { input } }) {
    if (!isImage(input) && input.axes.length > 0) return ok({ output: input });
    return fail({
      code: 'shape/rank',
      port: 'input',
      message: `RMS normalization works on features, but ${describeShape(input) || 'a single number'} comes in.`,
      expected: 'features',
      received: describeShape(input),
    });
  },
  weights({ inputs }) {
    const size = lastAxis(inputs.input)?.size;
    if (size === null || size === undefined) return null;
    return { scale: { dims: [size], initializer: { kind: 'ones' }, trainable: true } };
  },
  lower({ builder, parameters, inputs: { input }, weights }) {
    if (weights.scale === undefined) throw new Error('RMS normalization has no scale');
    const square = builder.reduceMean(builder.square(input), [input.dims.length - 1], true);
    const inverse = builder.rsqrt(builder.add(square, builder.scalar(parameters.epsilon)));
    return { output: builder.multiply(builder.multiply(input, inverse), builder.readVariable(weights.scale)) };
  },
  exportOnnx(context) {
    const { input } = context.inputs;
    const name = (part: string): string => `${context.path}/${part}`;
    const square = context.node('Mul', [input, input], {}, name('square'));
    const epsilon = context.float('epsilon', [context.parameters.epsilon], []);
    const padded = context.node('Add', [lastAxisMean(context, square, 'mean'), epsilon], {}, name('padded'));
    const root = context.node('Sqrt', [padded], {}, name('root'));
    const scaled = context.node('Div', [input, root], {}, name('scaled'));
    return { output: context.node('Mul', [scaled, context.weight('scale')]) };
  },
  vectors: [
    {
      name: 'two features of two examples',
      parameters: { epsilon: 1e-9 },
      inputs: { input: { dims: [2, 2], data: [3, 3, 1, 7] } },
      weights: { scale: [1, 2] },
      output: { dims: [2, 2], data: [1, 2, 0.2, 2.8] },
    },
  ],
});
