import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { describeShape, features, lastAxis } from '../../core/shape.ts';

export const classificationOutput = defineOp({
  type: 'classificationOutput',
  version: 1,
  family: 'output',
  documentation: {
    title: 'Classification output',
    shortName: 'output',
    summary:
      'Ends the network with one score a class: softmax for prediction, cross-entropy as the loss to learn from.',
    formula: 'loss = −log softmax(x)[class]',
    keywords: ['softmax', 'loss', 'cross-entropy', 'classes'],
  },
  parameters: z.strictObject({
    labelSmoothing: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .describe('Share of the target spread over all classes (Szegedy et al. 2016).')
      .meta({ advanced: true }),
  }),
  inputs: ['input'],
  outputs: ['probabilities', 'logits'],
  infer({ inputs: { input } }) {
    if (input.axes.length !== 1 || lastAxis(input)?.name !== 'features') {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `A classification needs one number a class, but ${describeShape(input)} comes in. Put a Dense layer before it.`,
        expected: 'features',
        received: describeShape(input),
      });
    }
    return ok({ probabilities: features(lastAxis(input)?.size ?? null), logits: input });
  },
  lower: ({ builder, inputs }) => ({ probabilities: builder.softmax(inputs.input), logits: inputs.input }),
  objective: {
    lower({ builder, parameters: { labelSmoothing }, inputs }, target) {
      const { losses } = builder.sparseSoftmaxCrossEntropy(inputs.input, target);
      const predictions = builder.argMax(inputs.input, 1);
      if (labelSmoothing === 0) return { losses, predictions };
      const uniform = builder.negate(builder.reduceMean(builder.logSoftmax(inputs.input), [1]));
      const smoothed = builder.add(
        builder.multiply(losses, builder.scalar(1 - labelSmoothing)),
        builder.multiply(uniform, builder.scalar(labelSmoothing)),
      );
      return { losses: smoothed, predictions };
    },
  },
  exportOnnx: (context) => ({
    probabilities: context.node('Softmax', [context.inputs.input], { axis: -1 }),
    logits: context.inputs.input,
  }),
  vectors: [
    {
      name: 'scores become probabilities',
      parameters: {},
      inputs: { input: { dims: [1, 2], data: [0, Math.log(3)] } },
      output: { dims: [1, 2], data: [0.25, 0.75] },
      mode: 'inference',
    },
  ],
});
