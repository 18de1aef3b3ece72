import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { features } from '../../core/shape.ts';

/** Where vectors of numbers enter. Its value comes from the feed, so it is never lowered by itself. */
export const featureInput = defineOp({
  type: 'featureInput',
  version: 1,
  family: 'input',
  documentation: {
    title: 'Feature input',
    shortName: 'features',
    summary: 'Where plain numbers enter the network: the columns of a table, measurements, what another network found.',
    keywords: ['table', 'tabular', 'vector', 'columns', 'regression', 'data', 'source', 'input'],
  },
  parameters: z.strictObject({
    size: z.int().min(1).max(1_000_000).default(10).describe('How many numbers one example has.'),
  }),
  inputs: [],
  outputs: ['output'],
  infer: ({ parameters: { size } }) => ok({ output: features(size) }),
  lower: () => {
    throw new Error('An input is fed, not lowered');
  },
  exportOnnx: () => {
    throw new Error('An input is declared, not exported as a node');
  },
  vectors: [],
});
