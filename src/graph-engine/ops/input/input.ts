import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { image } from '../../core/shape.ts';

/** Where data enter. Its value comes from the feed, so it is never lowered by itself. */
export const input = defineOp({
  type: 'input',
  version: 1,
  family: 'input',
  documentation: {
    title: 'Input',
    summary: 'Where images enter the network. Data of another size or number of channels are fitted to it.',
    keywords: ['image', 'data', 'source'],
  },
  parameters: z.strictObject({
    height: z.int().min(1).max(8192).default(32).describe('Pixels from top to bottom.'),
    width: z.int().min(1).max(8192).default(32).describe('Pixels from left to right.'),
    channels: z.int().min(1).max(4096).default(3).describe('3 for colour, 1 for grey.'),
  }),
  inputs: [],
  outputs: ['output'],
  infer: ({ parameters: { height, width, channels } }) => ok({ output: image(height, width, channels) }),
  lower: () => {
    throw new Error('An input is fed, not lowered');
  },
  exportOnnx: () => {
    throw new Error('An input is declared, not exported as a node');
  },
  vectors: [],
});
