import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { sequence } from '../../core/shape.ts';

/** Where sequences of numbers enter. Its value comes from the feed, so it is never lowered by itself. */
export const sequenceInput = defineOp({
  type: 'sequenceInput',
  version: 1,
  family: 'input',
  documentation: {
    title: 'Sequence input',
    shortName: 'sequence',
    summary:
      'Where sequences enter the network: a signal or a series of measurements, several numbers at each position.',
    keywords: ['signal', 'time series', 'audio', '1d', 'data', 'source', 'input'],
  },
  parameters: z.strictObject({
    length: z.int().min(1).max(1_000_000).default(128).describe('Positions from first to last.'),
    features: z.int().min(1).max(65_536).default(1).describe('Numbers at each position; 1 for a plain signal.'),
  }),
  inputs: [],
  outputs: ['output'],
  infer: ({ parameters: { length, features } }) => ok({ output: sequence(length, features) }),
  lower: () => {
    throw new Error('An input is fed, not lowered');
  },
  exportOnnx: () => {
    throw new Error('An input is declared, not exported as a node');
  },
  vectors: [],
});
