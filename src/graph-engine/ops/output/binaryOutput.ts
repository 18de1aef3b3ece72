import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { numberTarget, ratio, shareMeasure } from '../../core/objective.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { describeShape } from '../../core/shape.ts';
import { lossWeight } from './outputParameters.ts';
import { absolute, meanOfExamples, meanSums, sumOf, vectorOf } from './sums.ts';

export const binaryOutput = defineOp({
  type: 'binaryOutput',
  version: 1,
  family: 'output',
  documentation: {
    title: 'Binary output',
    shortName: 'output',
    summary:
      'Ends the network with yes or no for each number that comes in: sigmoid for prediction, binary cross-entropy as the loss.',
    formula: 'loss = −t log σ(x) − (1 − t) log(1 − σ(x)), from the scores, so that large ones do no harm',
    keywords: ['sigmoid', 'loss', 'cross-entropy', 'multi-label', 'logistic', 'yes no'],
  },
  parameters: z.strictObject({
    positiveWeight: z
      .number()
      .gt(0)
      .max(1e6)
      .default(1)
      .describe('How much more a yes counts than a no; above 1 where yes is rare.')
      .meta({ advanced: true }),
    lossWeight,
  }),
  inputs: ['input'],
  outputs: ['probabilities', 'logits'],
  infer({ inputs: { input } }) {
    if (input.axes.length === 0 || input.dtype !== 'float32') {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `A binary output needs one score for each yes or no, but ${describeShape(input) || 'nothing of that kind'} comes in. Put a Dense layer before it.`,
        expected: 'features',
        received: describeShape(input),
      });
    }
    return ok({ probabilities: input, logits: input });
  },
  lower: ({ builder, inputs }) => ({ probabilities: builder.sigmoid(inputs.input), logits: inputs.input }),
  objective: {
    target: ({ inputs: { input } }) => numberTarget('flags', input.axes),
    measures: {
      accuracy: shareMeasure('Accuracy'),
      f1: {
        title: 'F1 score',
        unit: 'share',
        better: 'higher',
        // Without a single yes, true or told, nothing was missed.
        finish: (sums) => ((sums[1] ?? 0) === 0 ? 1 : ratio(sums)),
      },
    },
    lower({ builder: b, parameters, inputs: { input: x } }, target) {
      // log(1 + e^−|x|) + max(−x, 0) is −log σ(x), and with x added −log(1 − σ(x)), without overflow on either side.
      const minusLogYes = b.add(
        b.log(b.add(b.scalar(1), b.exp(b.negate(absolute(b, x))))),
        b.maximum(b.negate(x), b.scalar(0)),
      );
      const weight = b.add(b.scalar(1), b.multiply(target, b.scalar(parameters.positiveWeight - 1)));
      const no = b.subtract(b.scalar(1), target);
      const losses = b.add(b.multiply(no, x), b.multiply(weight, minusLogYes));

      const told = b.greater(x, b.scalar(0));
      const meant = b.greater(target, b.scalar(0.5));
      const both = sumOf(b, b.multiply(told, meant));
      return {
        losses: meanOfExamples(b, losses),
        lossWeight: parameters.lossWeight,
        sums: {
          accuracy: meanSums(b, b.equal(told, meant)),
          f1: vectorOf(b, [b.multiply(both, b.scalar(2)), b.add(sumOf(b, told), sumOf(b, meant))]),
        },
      };
    },
  },
  exportOnnx: (context) => ({
    probabilities: context.node('Sigmoid', [context.inputs.input]),
    logits: context.inputs.input,
  }),
  vectors: [
    {
      name: 'scores become probabilities of a yes',
      parameters: {},
      inputs: { input: { dims: [2, 2], data: [0, Math.log(3), -Math.log(4), Math.log(9)] } },
      output: { dims: [2, 2], data: [0.5, 0.75, 0.2, 0.9] },
      mode: 'inference',
    },
    {
      name: 'every pixel of an image is a question of its own',
      parameters: {},
      inputs: { input: { dims: [1, 1, 2, 1], data: [0, -Math.log(3)] } },
      output: { dims: [1, 1, 2, 1], data: [0.5, 0.25] },
      mode: 'inference',
    },
  ],
});
