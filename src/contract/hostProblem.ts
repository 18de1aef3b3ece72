import { z } from 'zod';
import { Divergence } from './divergence.ts';

/** A failure told to the user: what happened, what was expected, what came, and what to do. */
export const HostProblem = z.strictObject({
  code: z.string(),
  message: z.string(),
  expected: z.string().optional(),
  received: z.string().optional(),
  remedy: z.string().optional(),
  /** Of a training whose loss became no number. */
  divergence: Divergence.optional(),
});
export type HostProblem = z.infer<typeof HostProblem>;
