import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { deviation } from '../../core/parameterSchemas.ts';
import { describeShape, embeddingTable, isTokens, sequence, sizeOf } from '../../core/shape.ts';

export const embedding = defineOp({
  type: 'embedding',
  version: 1,
  family: 'embedding',
  documentation: {
    title: 'Embedding',
    shortName: 'embed',
    summary:
      'Gives each token a row of learned features. The second output is the whole table: wire it to Token logits, and the last layer learns the same weights.',
    formula: 'yₜ = E[tokenₜ]',
    source:
      'Bengio et al. 2003, "A Neural Probabilistic Language Model"; Press and Wolf 2016, arXiv 1608.05859, for the shared table',
    keywords: ['token', 'word', 'lookup', 'gather', 'vocabulary', 'language', 'tied'],
  },
  parameters: z.strictObject({
    features: z.int().min(1).max(65_536).default(64).describe('Numbers that stand for one token.'),
    deviation: deviation.describe('Standard deviation of the first weights, which are normal.'),
  }),
  inputs: ['input'],
  outputs: ['output', 'table'],
  accepts: { input: ['tokens'] },
  infer({ parameters: { features }, inputs: { input } }) {
    if (!isTokens(input)) {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `An Embedding takes token numbers, but ${describeShape(input) || 'a single number'} comes in. Put a Token input before it.`,
        expected: 'a sequence of token numbers',
        received: describeShape(input),
      });
    }
    return ok({
      output: sequence(sizeOf(input, 'sequence') ?? null, features),
      table: embeddingTable(input.vocabulary ?? null, features),
    });
  },
  weights({ parameters, inputs: { input } }) {
    if (input.vocabulary === undefined) return null;
    return {
      table: {
        dims: [input.vocabulary, parameters.features],
        initializer: { kind: 'normal', standardDeviation: parameters.deviation },
        trainable: true,
      },
    };
  },
  lower({ builder, inputs, weights }) {
    if (weights.table === undefined) throw new Error('An embedding has no table');
    const table = builder.readVariable(weights.table);
    return { output: builder.gather(table, inputs.input), table };
  },
  exportOnnx(context) {
    const table = context.weight('table');
    return { output: context.node('Gather', [table, context.inputs.input], { axis: 0 }), table };
  },
  vectors: [
    {
      name: 'rows of the table, one twice',
      parameters: { features: 2 },
      inputs: { input: { dims: [1, 3], data: [2, 0, 2], vocabulary: 3 } },
      weights: { table: [1, 2, 3, 4, 5, 6] },
      output: { dims: [1, 3, 2], data: [5, 6, 1, 2, 5, 6] },
    },
  ],
});
