import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { deviation } from '../../core/parameterSchemas.ts';
import { sequence, sizeOf } from '../../core/shape.ts';

export const classToken = defineOp({
  type: 'classToken',
  version: 1,
  family: 'embedding',
  documentation: {
    title: 'Class token',
    summary:
      'Puts one learned position before the sequence. Attention gathers in it what belongs to the whole; Select position takes it out again.',
    formula: 'y = [c, x₁, …, xₙ]',
    source: 'Devlin et al. 2018, arXiv 1810.04805; Dosovitskiy et al. 2020, arXiv 2010.11929',
    keywords: ['cls', 'prepend', 'register', 'vit', 'bert', 'token'],
  },
  parameters: z.strictObject({
    deviation: deviation.describe('Standard deviation of the first values, which are normal.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs: { input } }) {
    const sizes = expectSequence(input, 'input', 'A class token');
    if (!sizes.ok) return sizes;
    const { length, features } = sizes.value;
    return ok({ output: sequence(length === null ? null : length + 1, features) });
  },
  weights({ parameters, inputs: { input } }) {
    const size = sizeOf(input, 'features');
    if (size === null || size === undefined) return null;
    const initializer = { kind: 'normal', standardDeviation: parameters.deviation } as const;
    return { token: { dims: [size], initializer, trainable: true } };
  },
  lower({ builder, inputs: { input }, weights }) {
    if (weights.token === undefined) throw new Error('A class token has no token');
    const size = weights.token.dims[0] ?? 1;
    const row = builder.reshape(builder.readVariable(weights.token), [1, 1, size]);
    return { output: builder.concat([builder.broadcastTo(row, [-1, 1, size]), input], 1) };
  },
  exportOnnx(context) {
    const name = (part: string): string => `${context.path}/${part}`;
    const size = sizeOf(context.types.input, 'features') ?? 1;
    const row = context.node(
      'Reshape',
      [context.weight('token'), context.int64('shape', [1, 1, size])],
      {},
      name('row'),
    );
    // A row for each example: the batch is known only when the file runs.
    const sizes = context.node('Shape', [context.inputs.input], {}, name('sizes'));
    const batch = context.node('Gather', [sizes, context.int64('first', [0])], { axis: 0 }, name('batch'));
    const wide = context.node('Concat', [batch, context.int64('rest', [1, size])], { axis: 0 }, name('wide'));
    const rows = context.node('Expand', [row, wide], {}, name('rows'));
    return { output: context.node('Concat', [rows, context.inputs.input], { axis: 1 }) };
  },
  vectors: [
    {
      name: 'one learned row before two',
      parameters: {},
      inputs: { input: { dims: [2, 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8] } },
      weights: { token: [10, 20] },
      output: { dims: [2, 3, 2], data: [10, 20, 1, 2, 3, 4, 10, 20, 5, 6, 7, 8] },
    },
  ],
});
