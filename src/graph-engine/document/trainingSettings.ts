import { z } from 'zod';
import { ClippingSettings } from '../program/clipping.ts';
import { OptimizerSettings } from '../program/optimizers/settings.ts';
import { Augmentation } from '../training/augmentation.ts';
import { DataReader } from '../training/dataReader.ts';
import { DEFAULT_STATISTICS_EVERY } from '../statistics/sampledSteps.ts';
import { Schedule } from './schedule.ts';
import type { SettingMeta } from './settingMeta.ts';

const Mixing = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }).describe('Every sample is learned as it is.'),
  z
    .strictObject({
      kind: z.literal('mixup'),
      alpha: z.number().gt(0).max(10).default(0.2).describe('How evenly two samples are mixed; small means hardly.'),
    })
    .describe('Learns from weighted sums of two samples and of their targets (Zhang et al. 2018).'),
  z
    .strictObject({
      kind: z.literal('cutmix'),
      alpha: z.number().gt(0).max(10).default(1).describe('How much the sizes of the patches vary; 1 means any.'),
    })
    .describe('Pastes a patch of one image onto another, and mixes targets by area (Yun et al. 2019).'),
]);

const Averaging = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }).describe('The weights of the last step are measured and kept.'),
  z
    .strictObject({
      kind: z.literal('ema'),
      decay: z.number().gt(0).lt(1).default(0.999).describe('Memory of the mean: 0.999 remembers about 1,000 steps.'),
    })
    .describe('A running mean of the weights is measured, kept as best and exported: smoother, often better.'),
]);

const ClassWeights = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }).describe('Every sample counts alike.'),
  z.strictObject({ kind: z.literal('balanced') }).describe('Rare classes count more: by samples / (classes × count).'),
  z
    .strictObject({
      kind: z.literal('given'),
      weights: z
        .string()
        .max(2000)
        .regex(/^(\s*\d*\.?\d+(e-?\d+)?\s*(,|$))*$/i, 'must be numbers with commas between them')
        .default('')
        .describe('One number a class, such as 1, 1, 5.'),
    })
    .describe('The weights you write down.'),
]);

const EarlyStopping = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }).describe('All epochs are trained.'),
  z
    .strictObject({
      kind: z.literal('patience'),
      epochs: z.int().min(1).max(10_000).default(10).describe('Epochs without a better result that are borne.'),
      minimumGain: z.number().min(0).max(1e6).default(0).describe('What counts as better: at least by this much.'),
    })
    .describe('Ends when the validation gets no better; the best weights are kept (Prechelt 1998).'),
]);

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
  schedule: Schedule.prefault({ kind: 'constant' })
    .describe('How the learning rate moves over the run.')
    .meta({ group: 'rate', keywords: ['warm-up', 'decay', 'learning rate'] } satisfies SettingMeta),
  clipping: ClippingSettings.optional()
    .describe('Bounds the gradients, so that one bad batch does no harm.')
    .meta({ group: 'gradients', keywords: ['gradient norm', 'exploding'] } satisfies SettingMeta),
  accumulate: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .describe('Batches whose gradients make one step: large batches in little memory.')
    .meta({
      group: 'gradients',
      standard: 1,
      keywords: ['gradient accumulation', 'micro batch'],
    } satisfies SettingMeta),
  weightDecaySpares: z
    .enum(['norms-and-biases', 'norms', 'biases', 'nothing'])
    .optional()
    .describe('What weight decay does not pull on; it does norms and biases no good.')
    .meta({ group: 'generalization', keywords: ['regularization', 'l2', 'exclude'] } satisfies SettingMeta),
  labelSmoothing: z
    .number()
    .min(0)
    .max(0.9)
    .optional()
    .describe('Share of the target spread over all classes, in training only (Szegedy et al. 2016).')
    .meta({ group: 'generalization', standard: 0, keywords: ['overconfident', 'calibration'] } satisfies SettingMeta),
  mixing: Mixing.optional()
    .describe('Makes new samples of two: less learning by heart.')
    .meta({ group: 'generalization', keywords: ['mixup', 'cutmix', 'augmentation'] } satisfies SettingMeta),
  averaging: Averaging.optional()
    .describe('Which weights are measured and exported.')
    .meta({ group: 'generalization', keywords: ['ema', 'exponential moving average', 'polyak'] } satisfies SettingMeta),
  classWeights: ClassWeights.optional()
    .describe('How much each class counts in training.')
    .meta({ group: 'generalization', keywords: ['imbalance', 'balanced', 'rare'] } satisfies SettingMeta),
  validationShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe('Share of the data kept aside to measure on.')
    .meta({ group: 'measuring', keywords: ['split', 'holdout'] } satisfies SettingMeta),
  validationData: z
    .string()
    .max(200)
    .optional()
    .describe('Another data set to measure on, by its name; then all data above are learned from.')
    .meta({ group: 'measuring', standard: '', keywords: ['validation set', 'test set'] } satisfies SettingMeta),
  stratified: z
    .boolean()
    .optional()
    .describe('Splits so that every class has the same share in both parts.')
    .meta({ group: 'measuring', standard: false, keywords: ['split', 'balance'] } satisfies SettingMeta),
  judgedBy: z
    .enum(['loss', 'measure'])
    .optional()
    .describe('What says which epoch is best, when to drop the rate and when to stop.')
    .meta({
      group: 'measuring',
      names: { loss: 'Validation loss', measure: 'Validation measure' },
      keywords: ['best', 'monitor', 'accuracy'],
    } satisfies SettingMeta),
  earlyStopping: EarlyStopping.optional()
    .describe('Ends a run that no longer gets better.')
    .meta({ group: 'measuring', keywords: ['patience'] } satisfies SettingMeta),
  checkpointEvery: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe('Keeps the weights of every so many epochs beside the best and the last; 0 keeps no others.')
    .meta({ group: 'measuring', standard: 0, keywords: ['save', 'checkpoints'] } satisfies SettingMeta),
  statisticsEvery: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe('Steps between two looks at gradients, weights and activations of every node; 0 never looks.')
    .meta({
      group: 'measuring',
      standard: DEFAULT_STATISTICS_EVERY,
      keywords: ['gradient norm', 'histogram', 'dead', 'watch', 'vanishing'],
    } satisfies SettingMeta),
  precision: z
    .enum(['float32', 'bfloat16', 'float16'])
    .optional()
    .describe(
      'bfloat16 computes products in half the width, several times faster where the processor can; float16 is for graphics ' +
        'processors without it, and scales the loss so that small gradients survive. Weights stay float32.',
    )
    .meta({
      group: 'machine',
      keywords: ['mixed', 'half', 'loss scaling', 'amp'],
    } satisfies SettingMeta),
  recompute: z
    .boolean()
    .optional()
    .describe('Computes activations a second time instead of keeping them: less memory, a third more time.')
    .meta({ group: 'machine', standard: false, keywords: ['gradient checkpointing', 'memory'] } satisfies SettingMeta),
  seed: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .default(1)
    .describe('Same seed, same start, same shuffle, same masks.')
    .meta({ group: 'machine', keywords: ['random'] } satisfies SettingMeta),
  deterministic: z
    .boolean()
    .optional()
    .describe('Adds up in one order, so that two runs agree to the last bit; a little slower.')
    .meta({ group: 'machine', standard: false, keywords: ['reproducible', 'bit-equal'] } satisfies SettingMeta),
});
export type TrainingSettings = z.infer<typeof TrainingSettings>;
export type MixingSettings = z.infer<typeof Mixing>;

/** The settings that concern the data: chosen by looking at them, not in a form. */
export const dataSettings = { data: true, reader: true, augmentation: true, normalization: true } as const;
