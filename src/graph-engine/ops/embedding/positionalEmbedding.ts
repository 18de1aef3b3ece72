import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { sizeOf } from '../../core/shape.ts';
import { sinusoids } from './sinusoids.ts';

function places(length: number): readonly number[] {
  return Array.from({ length }, (_, place) => place);
}

export const positionalEmbedding = defineOp({
  type: 'positionalEmbedding',
  version: 1,
  family: 'embedding',
  documentation: {
    title: 'Positional embedding',
    shortName: 'positions',
    summary:
      'Adds to each position of a sequence numbers that tell where it is: learned ones, or waves of falling frequency. Attention alone does not know the order.',
    formula: 'yₜ = xₜ + Pₜ; sinusoidal: P = sin(t / 10000^(2i / features)), cos(t / 10000^(2i / features)) in turn',
    source: 'Vaswani et al. 2017, arXiv 1706.03762, section 3.5; learned: Gehring et al. 2017, arXiv 1705.03122',
    keywords: ['position', 'encoding', 'sinusoidal', 'learned', 'order', 'transformer', 'vit', 'bert', 'gpt'],
  },
  parameters: z.strictObject({
    kind: z.enum(['learned', 'sinusoidal']).default('learned').describe('Learned numbers, or fixed waves.'),
    positions: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe(
        'Learned: rows of the table, of which a shorter sequence uses the first; 0 for as many as the sequence is long.',
      )
      .meta({ advanced: true }),
    deviation: z
      .number()
      .min(0)
      .max(10)
      .default(0.02)
      .describe('Learned: standard deviation of the first weights, which are normal.')
      .meta({ advanced: true }),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { kind, positions }, inputs: { input } }) {
    const sizes = expectSequence(input, 'input', 'A positional embedding');
    if (!sizes.ok) return sizes;
    const { length } = sizes.value;
    if (kind === 'learned' && positions > 0 && length !== null && length > positions) {
      return fail({
        code: 'shape/positions',
        port: 'input',
        parameter: 'positions',
        message: `The sequence is ${length} long, but only ${positions} positions are known. Give the table more rows, or shorten the sequence.`,
        expected: `at most ${positions}`,
        received: String(length),
      });
    }
    return ok({ output: input });
  },
  weights({ parameters: { kind, positions, deviation }, inputs: { input } }) {
    const [length, size] = [sizeOf(input, 'sequence'), sizeOf(input, 'features')];
    if (kind === 'sinusoidal') return {};
    if (length === null || length === undefined || size === null || size === undefined) return null;
    const initializer = { kind: 'normal', standardDeviation: deviation } as const;
    return { table: { dims: [positions > 0 ? positions : length, size], initializer, trainable: true } };
  },
  lower({ builder, inputs: { input }, weights }) {
    const [, length = 1, size = 1] = input.dims;
    if (weights.table === undefined) {
      return { output: builder.add(input, builder.constant(sinusoids(places(length), size), [length, size])) };
    }
    const table = builder.readVariable(weights.table);
    const rows = table.dims[0] === length ? table : builder.slice(table, [0, 0], [length, size]);
    return { output: builder.add(input, rows) };
  },
  exportOnnx(context) {
    const [length, size] = [sizeOf(context.types.input, 'sequence') ?? 1, sizeOf(context.types.input, 'features') ?? 1];
    const { kind, positions } = context.parameters;
    if (kind === 'sinusoidal') {
      const waves = context.float('positions', sinusoids(places(length), size), [length, size]);
      return { output: context.node('Add', [context.inputs.input, waves]) };
    }
    const table = context.weight('table');
    if (positions === 0 || positions === length) {
      return { output: context.node('Add', [context.inputs.input, table]) };
    }
    const ends = [context.int64('from', [0]), context.int64('to', [length]), context.int64('axes', [0])];
    const rows = context.node('Slice', [table, ...ends], {}, `${context.path}/rows`);
    return { output: context.node('Add', [context.inputs.input, rows]) };
  },
  vectors: [
    {
      name: 'learned, the first two of three rows',
      parameters: { positions: 3 },
      inputs: { input: { dims: [1, 2, 2], data: [1, 2, 3, 4] } },
      weights: { table: [10, 20, 30, 40, 50, 60] },
      output: { dims: [1, 2, 2], data: [11, 22, 33, 44] },
    },
    {
      name: 'waves',
      parameters: { kind: 'sinusoidal' },
      inputs: { input: { dims: [1, 2, 4], data: [0, 0, 0, 0, 0, 0, 0, 0] } },
      output: { dims: [1, 2, 4], data: [0, 1, 0, 1, Math.sin(1), Math.cos(1), Math.sin(0.01), Math.cos(0.01)] },
    },
  ],
});
