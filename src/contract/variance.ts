import { z } from 'zod';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';
import { call } from './call.ts';

/** What was measured of the value that an op gives, in one step of training on a real batch with new weights. */
export const MeasuredVariance = z.strictObject({
  path: z.string(),
  mean: z.number(),
  /** Of all elements. */
  variance: z.number(),
  /** Mean square of the loss' gradient; absent where the loss does not depend on the value. */
  gradient: z.number().optional(),
});
export type MeasuredVariance = z.infer<typeof MeasuredVariance>;

/** Requests about how signals spread through a network. */
export const varianceCalls = {
  /** Sends one batch of the data set there and back; nothing is learned. */
  'variance/measure': call(
    z.strictObject({ document: SkipwireDocument }),
    z.strictObject({ points: z.array(MeasuredVariance), batch: z.int() }),
  ),
} as const;
