import { z } from 'zod';
import type { ControlMeta } from '../../core/parameterSchemas.ts';

/** How much an output counts beside others. */
export const lossWeight = z
  .number()
  .min(0)
  .max(1e6)
  .default(1)
  .describe('Share of this output in the loss of a network that has several.')
  .meta({ advanced: true } satisfies ControlMeta);

/** One weight a class, as text: `1, 1, 5`. */
export const classWeights = z
  .string()
  .max(2000)
  .regex(/^(\s*\d*\.?\d+(e-?\d+)?\s*(,|$))*$/i, 'must be numbers with commas between them')
  .default('')
  .describe('How much each class counts, such as 1, 1, 5; empty for all alike.')
  .meta({ advanced: true } satisfies ControlMeta);

/** The numbers in a list of class weights; none for all alike. */
export function parseClassWeights(text: string): readonly number[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
}
