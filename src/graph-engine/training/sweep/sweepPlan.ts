import { z } from 'zod';
import { ParameterValue } from '../../document/schema.ts';

/** More trials than this are no sweep but a mistake in a range. */
export const MOST_TRIALS = 1000;

/** Where a value lies: `training.learningRate`, `stage2.filters`, `blocks.basic.conv1.filters` (see `resolveTarget`). */
export const SweepPath = z.string().min(1).max(300);

const steps = z.int().min(2).max(100).default(5).describe('Values of a grid, ends included.');
const integer = z.literal(true).optional().describe('Whole numbers only.');

const SweepRange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('values'), values: z.array(ParameterValue).min(1).max(100) }),
  z.strictObject({ kind: z.literal('linear'), from: z.number(), to: z.number(), steps, integer }),
  /** By equal factors. */
  z.strictObject({ kind: z.literal('log'), from: z.number(), to: z.number(), steps, integer }),
]);
export type SweepRange = z.infer<typeof SweepRange>;

/** What is varied. Several paths get the same value: the filters of two convolutions that meet in an add. */
export const SweepAxis = z.strictObject({ paths: z.array(SweepPath).min(1).max(16), range: SweepRange });
export type SweepAxis = z.infer<typeof SweepAxis>;

const trials = z.int().min(1).max(MOST_TRIALS);
const seed = z.int().min(0).max(2_147_483_647).default(1);

export const SweepStrategy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grid') }).describe('Every combination of the values once.'),
  z
    .strictObject({ kind: z.literal('random'), trials: trials.default(20), seed })
    .describe('Points at random: finds more than a grid when only some axes matter (Bergstra and Bengio 2012).'),
  z
    .strictObject({
      kind: z.literal('halving'),
      trials: trials.default(27),
      seed,
      /** One of so many goes on to the next rung. */
      eta: z.int().min(2).max(16).default(3),
      /** Epochs of the first rung; the least of the last, see `halvingRungs`. */
      minimum: z.int().min(1).max(100_000).default(1),
      /** Epochs of the last rung. */
      maximum: z.int().min(1).max(100_000).default(27),
    })
    .describe('Many trials for a few epochs; the best go on for longer (Jamieson and Talwalkar 2016).'),
]);
export type SweepStrategy = z.infer<typeof SweepStrategy>;
export type HalvingStrategy = SweepStrategy & { readonly kind: 'halving' };

/** The figure of the validation that trials are compared by: the best epoch of each counts. */
export const SweepGoal = z.strictObject({
  /** `loss`, or the key of a measure such as `accuracy`. */
  measure: z.string().min(1).max(200).default('loss'),
  better: z.enum(['lower', 'higher']).default('lower'),
});
export type SweepGoal = z.infer<typeof SweepGoal>;

/** Ends a sweep before all trials are done; any of them is enough. */
export const SweepStop = z.strictObject({
  /** A trial is as good as this. */
  target: z.number().optional(),
  /** So many trials in a row have not been better than the best before them. */
  patience: z.int().min(1).max(MOST_TRIALS).optional(),
  /** Trials have trained for so many minutes together. */
  minutes: z.number().gt(0).max(1e6).optional(),
});
export type SweepStop = z.infer<typeof SweepStop>;

/** What a sweep tries, and how. */
export const SweepPlan = z.strictObject({
  axes: z.array(SweepAxis).min(1).max(16),
  strategy: SweepStrategy.default({ kind: 'grid' }),
  goal: SweepGoal.prefault({}),
  /** Trials that are trained at the same time. */
  concurrency: z.int().min(1).max(16).default(1),
  stop: SweepStop.prefault({}),
});
export type SweepPlan = z.infer<typeof SweepPlan>;

/** A value for every axis, in their order. */
export type SweepPoint = readonly ParameterValue[];

/** What an axis is called: its first path, and that there are others. */
export function nameOfAxis({ paths }: Pick<SweepAxis, 'paths'>): string {
  return paths.join(' + ');
}
