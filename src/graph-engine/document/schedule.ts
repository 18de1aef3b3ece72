import { z } from 'zod';
import type { SettingMeta } from './settingMeta.ts';

const warmupSteps = z
  .int()
  .min(0)
  .max(1_000_000)
  .describe('Steps in which the rate rises from nothing to what the schedule says (Goyal et al. 2017).');
/** Left out where there is none, so that documents that never had it stay as they are. */
const optionalWarmup = warmupSteps.optional().meta({ standard: 0 } satisfies SettingMeta);

/** How the learning rate moves over a run; drawn before the run and evaluated per step by `learningRateAt`. */
export const Schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), warmupSteps: optionalWarmup }).describe('The same rate throughout.'),
  z
    .strictObject({ kind: z.literal('cosine'), warmupSteps: warmupSteps.default(0) })
    .describe('Falls along half a cosine to zero at the end (Loshchilov and Hutter 2017).'),
  z
    .strictObject({
      kind: z.literal('step'),
      everyEpochs: z.int().min(1).max(10_000).default(30).describe('Epochs between two drops.'),
      factor: z.number().gt(0).max(1).default(0.1).describe('What the rate is multiplied by at each drop.'),
      warmupSteps: optionalWarmup,
    })
    .describe('Drops by a factor every few epochs (He et al. 2015).'),
  z
    .strictObject({
      kind: z.literal('one-cycle'),
      riseShare: z.number().gt(0).lt(1).default(0.3).describe('Share of the run in which the rate rises.'),
      startDivisor: z.number().min(1).max(1e6).default(25).describe('The first rate is the highest divided by this.'),
      endDivisor: z.number().min(1).max(1e9).default(1e4).describe('The last rate is the first divided by this.'),
    })
    .describe('Rises to the rate and falls far below: quick training at high rates (Smith and Topin 2018).'),
  z
    .strictObject({
      kind: z.literal('exponential'),
      factor: z.number().gt(0).max(1).default(0.95).describe('What the rate is multiplied by after each epoch.'),
      warmupSteps: optionalWarmup,
    })
    .describe('Falls by the same factor each epoch.'),
  z
    .strictObject({
      kind: z.literal('plateau'),
      factor: z.number().gt(0).lt(1).default(0.1).describe('What the rate is multiplied by at each drop.'),
      patience: z.int().min(0).max(10_000).default(5).describe('Epochs without a better result that are borne.'),
      lowestRate: z.number().min(0).max(100).default(0).describe('The rate never falls below this.'),
      warmupSteps: optionalWarmup,
    })
    .describe('Drops when the validation gets no better: nothing to plan, but it takes patience.'),
]);
export type Schedule = z.infer<typeof Schedule>;
