import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, formatShape, lastAxis, sizeOf, withLastSize } from '../../core/shape.ts';

export const tokenLogits = defineOp({
  type: 'tokenLogits',
  version: 1,
  family: 'embedding',
  documentation: {
    title: 'Token logits',
    shortName: 'logits',
    summary:
      'Scores every token of the vocabulary by how well its row of an embedding fits: a Dense layer that has no weights of its own but shares the table that is wired to it.',
    formula: 'y = x · Eᵀ',
    source: 'Press and Wolf 2016, arXiv 1608.05859; Radford et al. 2019 (GPT-2)',
    keywords: ['tied', 'shared', 'weight tying', 'language model head', 'lm head', 'output', 'dense'],
  },
  parameters: z.strictObject({
    bias: z.boolean().default(false).describe('Adds a learned number to the score of each token.'),
  }),
  inputs: ['input', 'table'],
  outputs: ['output'],
  accepts: { table: ['table'] },
  infer({ inputs: { input, table } }) {
    const [size, columns] = [lastAxis(input)?.size ?? null, sizeOf(table, 'features') ?? null];
    if (lastAxis(input)?.name !== 'features' || (size !== null && columns !== null && size !== columns)) {
      return fail({
        code: 'shape/token-logits',
        port: 'input',
        message: `Token logits needs as many features as the table has, ${columns ?? '?'}, but ${formatShape(input)} comes in.`,
        expected: `features ${columns ?? '?'}`,
        received: formatShape(input),
      });
    }
    return ok({ output: withLastSize(input, sizeOf(table, 'vocabulary') ?? null) });
  },
  weights({ parameters: { bias }, inputs: { table } }) {
    const vocabulary = sizeOf(table, 'vocabulary');
    if (vocabulary === null || vocabulary === undefined) return null;
    return bias ? { bias: { dims: [vocabulary], initializer: { kind: 'zeros' }, trainable: true } } : {};
  },
  macs({ inputs: { input, table } }) {
    const [elements, vocabulary] = [elementCount(input), sizeOf(table, 'vocabulary') ?? null];
    return elements === null || vocabulary === null ? null : elements * vocabulary;
  },
  lower({ builder, inputs: { input, table }, types, weights }) {
    const size = lastAxis(types.input)?.size ?? 0;
    const rows = (elementCount(types.input) ?? size) / size;
    let y = builder.matMul(builder.reshape(input, [-rows, size]), table, { transposeB: true });
    if (weights.bias !== undefined) y = builder.biasAdd(y, builder.readVariable(weights.bias));
    return { output: builder.reshape(y, [...input.dims.slice(0, -1), y.dims[1] ?? 1]) };
  },
  exportOnnx(context) {
    const { input, table } = context.inputs;
    const name = (part: string): string => `${context.path}/${part}`;
    const columns = context.node('Transpose', [table], { perm: [1, 0] }, name('columns'));
    if (!context.hasWeight('bias')) return { output: context.node('MatMul', [input, columns]) };
    const product = context.node('MatMul', [input, columns], {}, name('product'));
    return { output: context.node('Add', [product, context.weight('bias')]) };
  },
  vectors: [
    {
      name: 'three tokens scored at two positions',
      parameters: {},
      inputs: {
        input: { dims: [1, 2, 2], data: [1, 0, 2, -1] },
        table: { dims: [3, 2], data: [1, 2, 3, 4, 5, 6], table: true },
      },
      output: { dims: [1, 2, 3], data: [1, 3, 5, 0, 2, 4] },
    },
    {
      name: 'a feature vector, with a bias',
      parameters: { bias: true },
      inputs: {
        input: { dims: [2, 2], data: [1, 1, 0, 1] },
        table: { dims: [2, 2], data: [1, 2, 3, 4], table: true },
      },
      weights: { bias: [10, 20] },
      output: { dims: [2, 2], data: [13, 27, 12, 24] },
    },
  ],
});
