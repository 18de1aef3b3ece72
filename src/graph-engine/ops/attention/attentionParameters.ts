import { z } from 'zod';

/** Parameters that every attention has. */
export const heads = z.int().min(1).max(4096);
export const causal = z
  .boolean()
  .default(false)
  .describe('Each position looks only at itself and what comes before it, as text is written.');
export const attentionDropout = z
  .number()
  .min(0)
  .max(0.99)
  .default(0)
  .describe('Share of the attention weights set to zero while training.');
export const paddingToken = z
  .int()
  .min(0)
  .max(10_000_000)
  .default(0)
  .describe('With tokens connected: the token that only fills up, whose place nothing looks at.')
  .meta({ advanced: true });

/** Whether two sizes are known and differ. */
export function disagree(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && a !== b;
}
