import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { choiceTarget, shareMeasure } from '../../core/objective.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { describeShape, features, lastAxis } from '../../core/shape.ts';
import { classWeights, lossWeight, parseClassWeights } from './outputParameters.ts';
import { meanSums } from './sums.ts';

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
    classWeights,
    lossWeight,
  }),
  inputs: ['input'],
  outputs: ['probabilities', 'logits'],
  infer({ parameters, inputs: { input } }) {
    if (input.axes.length !== 1 || lastAxis(input)?.name !== 'features') {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `A classification needs one number a class, but ${describeShape(input)} comes in. Put a Dense layer before it.`,
        expected: 'features',
        received: describeShape(input),
      });
    }
    const classes = lastAxis(input)?.size ?? null;
    const weights = parseClassWeights(parameters.classWeights);
    if (weights.length > 0 && classes !== null && weights.length !== classes) {
      return fail({
        code: 'parameter/invalid',
        parameter: 'classWeights',
        message: `There are ${weights.length} class weights for ${classes} classes.`,
        expected: `${classes} numbers`,
        received: parameters.classWeights,
      });
    }
    return ok({ probabilities: features(classes), logits: input });
  },
  lower: ({ builder, inputs }) => ({ probabilities: builder.softmax(inputs.input), logits: inputs.input }),
  objective: {
    target: ({ inputs: { input } }) => choiceTarget('class', [], lastAxis(input)?.size ?? null),
    measures: { accuracy: shareMeasure('Accuracy') },
    lower({ builder: b, parameters, inputs: { input } }, target) {
      const { labelSmoothing } = parameters;
      const hits = b.equal(b.argMax(input, 1), target);
      const common = { lossWeight: parameters.lossWeight, sums: { accuracy: meanSums(b, hits) } };
      const given = parseClassWeights(parameters.classWeights);
      const all = given.length === 0 ? undefined : b.constant(given, [given.length]);
      const weights = all === undefined ? undefined : b.gather(all, target);

      const { losses } = b.sparseSoftmaxCrossEntropy(input, target);
      const weighted = weights === undefined ? losses : b.multiply(losses, weights);
      if (labelSmoothing === 0) return { losses: weighted, ...(weights !== undefined && { weights }), ...common };
      const likelihoods = b.logSoftmax(input);
      const spread = b.negate(b.reduceMean(all === undefined ? likelihoods : b.multiply(likelihoods, all), [1]));
      const smoothed = b.add(
        b.multiply(weighted, b.scalar(1 - labelSmoothing)),
        b.multiply(spread, b.scalar(labelSmoothing)),
      );
      return { losses: smoothed, ...(weights !== undefined && { weights }), ...common };
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
