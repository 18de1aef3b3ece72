import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT } from '../../document/blockPorts.ts';

const parameters = z.strictObject({
  order: z.int().min(0).max(64).default(0).describe('Ports are listed by this number, then by name.'),
});

function neverLowered(): never {
  throw new Error('Block ports vanish when blocks are expanded');
}

/** An input port of a block, inside the block. */
export const blockInput = defineOp({
  type: BLOCK_INPUT,
  version: 1,
  family: 'input',
  documentation: {
    title: 'Block input',
    shortName: 'input',
    summary: 'A port through which values enter this block. Its name is the name of the port.',
  },
  parameters,
  inputs: [],
  outputs: ['output'],
  // The walk supplies the type that enters; alone, nothing is known.
  infer: () => ok({ output: { axes: [], dtype: 'float32' as const } }),
  lower: neverLowered,
  exportOnnx: neverLowered,
  vectors: [],
});

/** An output port of a block, inside the block. */
export const blockOutput = defineOp({
  type: BLOCK_OUTPUT,
  version: 1,
  family: 'output',
  documentation: {
    title: 'Block output',
    shortName: 'output',
    summary: 'A port through which values leave this block. Its name is the name of the port.',
  },
  parameters,
  inputs: ['input'],
  outputs: [],
  infer: () => ok({}),
  lower: neverLowered,
  exportOnnx: neverLowered,
  vectors: [],
});
