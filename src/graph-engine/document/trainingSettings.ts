import { z } from 'zod';
import { OptimizerSettings } from '../program/optimizers/settings.ts';
import { Augmentation } from '../training/augmentation.ts';
import { DataReader } from '../training/dataReader.ts';

/** How the learning rate moves over a run; drawn before the run and evaluated per step by `learningRateAt`. */
export const Schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }).describe('The same rate throughout.'),
  z
    .strictObject({
      kind: z.literal('cosine'),
      warmupSteps: z.int().min(0).max(1_000_000).default(0).describe('Steps of linear rise before the decay.'),
    })
    .describe('Falls along half a cosine to zero at the end (Loshchilov and Hutter 2017).'),
  z
    .strictObject({
      kind: z.literal('step'),
      everyEpochs: z.int().min(1).max(10_000).default(30).describe('Epochs between two drops.'),
      factor: z.number().gt(0).max(1).default(0.1).describe('What the rate is multiplied by at each drop.'),
    })
    .describe('Drops by a factor every few epochs (He et al. 2015).'),
]);
export type Schedule = z.infer<typeof Schedule>;

export const TrainingSettings = z.strictObject({
  data: z
    .string()
    .max(1000)
    .default('digits')
    .describe('The data set to learn from: one that comes along, or files of the workspace, such as ./photos.'),
  reader: DataReader.optional().describe('How files of the workspace are read; left out, as they look.'),
  augmentation: Augmentation.optional().describe('How training images are varied.'),
  normalization: z
    .enum(['none', 'standardize'])
    .optional()
    .describe('standardize gives every channel of the training part mean 0 and deviation 1.'),
  epochs: z.int().min(1).max(100_000).default(10).describe('Passes over the training part.'),
  batchSize: z
    .int()
    .min(1)
    .max(65_536)
    .default(32)
    .describe('Examples per step; larger is faster and smoother, smaller generalizes sooner.'),
  learningRate: z.number().gt(0).max(100).default(0.001).describe('Size of a step; the first thing to tune.'),
  optimizer: OptimizerSettings.prefault({ kind: 'adam' }).describe('The rule that turns gradients into steps.'),
  schedule: Schedule.prefault({ kind: 'constant' }).describe('How the learning rate moves over the run.'),
  validationShare: z.number().gt(0).lt(1).default(0.2).describe('Share of the data kept aside to measure on.'),
  precision: z
    .enum(['float32', 'bfloat16'])
    .optional()
    .describe(
      'bfloat16 computes products in half the width, several times faster where the processor can; weights stay float32.',
    ),
  recompute: z
    .boolean()
    .optional()
    .describe('Computes activations a second time instead of keeping them: less memory, a third more time.'),
  seed: z.int().min(0).max(2_147_483_647).default(1).describe('Same seed, same start, same shuffle, same masks.'),
});
export type TrainingSettings = z.infer<typeof TrainingSettings>;

/** The settings that concern the data: chosen by looking at them, not in a form. */
export const dataSettings = { data: true, reader: true, augmentation: true, normalization: true } as const;
