import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { tokens } from '../../core/shape.ts';

/** Where token numbers enter. Its value comes from the feed, so it is never lowered by itself. */
export const tokenInput = defineOp({
  type: 'tokenInput',
  version: 1,
  family: 'input',
  documentation: {
    title: 'Token input',
    shortName: 'tokens',
    summary:
      'Where text enters the network, as numbers of characters, word pieces or words. An Embedding turns them into features.',
    keywords: ['text', 'words', 'characters', 'language', 'vocabulary', 'data', 'source', 'input'],
  },
  parameters: z.strictObject({
    length: z.int().min(1).max(1_000_000).default(128).describe('Tokens in one example: the context.'),
    vocabulary: z.int().min(1).max(10_000_000).default(256).describe('How many different tokens there are.'),
  }),
  inputs: [],
  outputs: ['output'],
  infer: ({ parameters: { length, vocabulary } }) => ok({ output: tokens(length, vocabulary) }),
  lower: () => {
    throw new Error('An input is fed, not lowered');
  },
  exportOnnx: () => {
    throw new Error('An input is declared, not exported as a node');
  },
  vectors: [],
});
