import { z } from 'zod';

/** The first value of a training that was not finite. */
export const BrokenValue = z.strictObject({
  /** From 0. */
  step: z.int(),
  /** `weights`: broken before the step, and nothing tells since when. `update`: the step made a weight of it. */
  pass: z.enum(['weights', 'forward', 'backward', 'update']),
  /** Document path of the node, such as `stage2[3].conv1`; empty where no node is to blame. */
  path: z.string(),
  /** What computed it, or the name of the variable. */
  primitive: z.string(),
});
export type BrokenValue = z.infer<typeof BrokenValue>;

/** A training whose loss became no number. */
export const Divergence = z.strictObject({
  /** Of the step that showed it. */
  learningRate: z.number(),
  /** Where it began, if that was found. */
  broken: BrokenValue.optional(),
});
export type Divergence = z.infer<typeof Divergence>;
