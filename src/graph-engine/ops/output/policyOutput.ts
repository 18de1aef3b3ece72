import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { numberTarget, shareMeasure } from '../../core/objective.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { describeShape, lastAxis } from '../../core/shape.ts';
import { lossWeight } from './outputParameters.ts';
import { meanSums } from './sums.ts';

export const policyOutput = defineOp({
  type: 'policyOutput',
  version: 1,
  family: 'output',
  documentation: {
    title: 'Policy output',
    shortName: 'policy',
    summary:
      'Ends the network with a probability for each choice, such as each move of a game, and learns from given probabilities.',
    formula: 'loss = −Σ t · log softmax(x)',
    source: 'Silver et al. 2017',
    keywords: ['reinforcement learning', 'move', 'soft targets', 'distillation', 'cross-entropy', 'loss'],
  },
  parameters: z.strictObject({ lossWeight }),
  inputs: ['input'],
  outputs: ['probabilities', 'logits'],
  infer({ inputs: { input } }) {
    if (input.axes.length !== 1 || lastAxis(input)?.name !== 'features') {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `A policy needs one number a choice, but ${describeShape(input) || 'a single number'} comes in. Put a Dense layer before it.`,
        expected: 'features',
        received: describeShape(input),
      });
    }
    return ok({ probabilities: input, logits: input });
  },
  lower: ({ builder, inputs }) => ({ probabilities: builder.softmax(inputs.input), logits: inputs.input }),
  objective: {
    target: ({ inputs: { input } }) => numberTarget('probabilities', input.axes),
    // A choice is right when no other has a higher probability in the target: there may be several best moves.
    measures: { accuracy: shareMeasure('Accuracy') },
    lower({ builder: b, parameters, inputs: { input } }, target) {
      const chosen = b.oneHot(b.argMax(input, 1), input.dims.at(-1) ?? 0);
      const probability = b.reduceSum(b.multiply(chosen, target), [1]);
      const right = b.greaterEqual(probability, b.reduceMax(target, [1]));
      return {
        losses: b.negate(b.reduceSum(b.multiply(target, b.logSoftmax(input)), [1])),
        lossWeight: parameters.lossWeight,
        sums: { accuracy: meanSums(b, right) },
      };
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
