import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { choiceTarget, ratio, shareMeasure } from '../../core/objective.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { describeShape, isSequence, lastAxis } from '../../core/shape.ts';
import { lossWeight } from './outputParameters.ts';
import { meanOfExamples, meanSums } from './sums.ts';

export const nextTokenOutput = defineOp({
  type: 'nextTokenOutput',
  version: 1,
  family: 'output',
  documentation: {
    title: 'Next-token output',
    shortName: 'output',
    summary:
      'Ends a language model: at every position one score a token, learning from the token that comes next by cross-entropy.',
    formula: 'loss = −mean over positions of log softmax(x)[next token] · perplexity = e^loss',
    source: 'Bengio et al. 2003; Radford et al. 2019',
    keywords: ['language model', 'text', 'gpt', 'perplexity', 'cross-entropy', 'loss', 'vocabulary'],
  },
  parameters: z.strictObject({ lossWeight }),
  inputs: ['input'],
  outputs: ['probabilities', 'logits'],
  infer({ inputs: { input } }) {
    if (!isSequence(input)) {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `A next-token output needs one score a token at every position, but ${describeShape(input) || 'a single number'} comes in. Put a Dense layer with as many units as there are tokens before it.`,
        expected: 'sequence × features',
        received: describeShape(input),
      });
    }
    return ok({ probabilities: input, logits: input });
  },
  lower: ({ builder, inputs }) => ({ probabilities: builder.softmax(inputs.input), logits: inputs.input }),
  objective: {
    target: ({ inputs: { input } }) => choiceTarget('tokens', input.axes.slice(0, 1), lastAxis(input)?.size ?? null),
    measures: {
      perplexity: {
        title: 'Perplexity',
        unit: 'number',
        better: 'lower',
        finish: (sums) => Math.exp(ratio(sums)),
      },
      tokenAccuracy: shareMeasure('Token accuracy'),
    },
    lower({ builder: b, parameters, inputs: { input } }, target) {
      const [, length = 1, vocabulary = 1] = input.dims;
      const logits = b.reshape(input, [-length, vocabulary]);
      const { losses } = b.sparseSoftmaxCrossEntropy(logits, b.reshape(target, [-length]));
      return {
        losses: meanOfExamples(b, b.reshape(losses, [-1, length])),
        lossWeight: parameters.lossWeight,
        sums: {
          perplexity: meanSums(b, losses),
          tokenAccuracy: meanSums(b, b.equal(b.argMax(input, 2), target)),
        },
      };
    },
  },
  exportOnnx: (context) => ({
    probabilities: context.node('Softmax', [context.inputs.input], { axis: -1 }),
    logits: context.inputs.input,
  }),
  vectors: [
    {
      name: 'the scores of each position become probabilities',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2], data: [0, Math.log(3), Math.log(4), 0] } },
      output: { dims: [1, 2, 2], data: [0.25, 0.75, 0.8, 0.2] },
      mode: 'inference',
    },
  ],
});
