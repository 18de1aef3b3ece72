import { z } from 'zod';
import { assertNever, fail, ok } from '../../core/diagnostic.ts';
import { numberTarget, ratio } from '../../core/objective.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { describeShape } from '../../core/shape.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';
import { lossWeight } from './outputParameters.ts';
import { absolute, meanOfExamples, meanSums, sumOf, vectorOf } from './sums.ts';

export const regressionOutput = defineOp({
  type: 'regressionOutput',
  version: 1,
  family: 'output',
  documentation: {
    title: 'Regression output',
    shortName: 'output',
    summary:
      'Ends the network with numbers that should come near given ones: a price, a position, the value of a game.',
    formula: 'squared: (x − t)² · absolute: |x − t| · huber: ½(x − t)² up to δ, then δ(|x − t| − ½δ)',
    source: 'Huber 1964',
    keywords: ['mse', 'mae', 'mean squared error', 'absolute', 'huber', 'loss', 'value', 'autoencoder'],
  },
  parameters: z.strictObject({
    loss: z
      .enum(['squared', 'absolute', 'huber'])
      .default('squared')
      .describe('Squared punishes outliers most, absolute least, Huber is squared for small errors only.'),
    delta: z
      .number()
      .gt(0)
      .max(1e6)
      .default(1)
      .describe('Where the Huber loss turns from squared to absolute.')
      .meta({ advanced: true }),
    lossWeight,
  }),
  inputs: ['input'],
  outputs: ['values'],
  infer({ inputs: { input } }) {
    if (input.axes.length === 0 || input.dtype !== 'float32') {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `A regression needs numbers to compare, but ${describeShape(input) || 'nothing of that kind'} comes in. Put a Dense layer before it.`,
        expected: 'features',
        received: describeShape(input),
      });
    }
    return ok({ values: input });
  },
  lower: ({ inputs }) => ({ values: inputs.input }),
  objective: {
    target: ({ inputs: { input } }) => numberTarget('values', input.axes),
    measures: {
      meanAbsoluteError: { title: 'Mean absolute error', unit: 'number', better: 'lower', finish: ratio },
      rSquared: { title: 'R²', unit: 'number', better: 'higher', finish: determination },
    },
    lower({ builder: b, parameters, inputs: { input } }, target) {
      const difference = b.subtract(input, target);
      return {
        losses: meanOfExamples(b, lossOf(b, difference, parameters)),
        lossWeight: parameters.lossWeight,
        sums: {
          meanAbsoluteError: meanSums(b, absolute(b, difference)),
          rSquared: vectorOf(b, [
            sumOf(b, b.square(difference)),
            sumOf(b, target),
            sumOf(b, b.square(target)),
            b.elementCount(target.dims),
          ]),
        },
      };
    },
  },
  exportOnnx: (context) => ({ values: context.inputs.input }),
  vectors: [
    {
      name: 'numbers stay as they are',
      parameters: {},
      inputs: { input: { dims: [2, 2], data: [0.5, -3, 2, 0] } },
      output: { dims: [2, 2], data: [0.5, -3, 2, 0] },
      mode: 'inference',
    },
  ],
});

function lossOf(
  b: Builder,
  difference: Value,
  { loss, delta }: { readonly loss: 'squared' | 'absolute' | 'huber'; readonly delta: number },
): Value {
  switch (loss) {
    case 'squared':
      return b.square(difference);
    case 'absolute':
      return absolute(b, difference);
    case 'huber': {
      const size = absolute(b, difference);
      const inner = b.minimum(size, b.scalar(delta));
      return b.add(b.multiply(b.scalar(0.5), b.square(inner)), b.multiply(b.scalar(delta), b.subtract(size, inner)));
    }
    default:
      return assertNever(loss);
  }
}

/** The share of the targets' variance that is explained, from the sums of squared errors, targets, their squares, and one. */
function determination(sums: ArrayLike<number>): number {
  const [residual = 0, sum = 0, squares = 0, count = 0] = Array.from(sums);
  return 1 - residual / (squares - (sum * sum) / count);
}
