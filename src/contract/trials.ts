import { z } from 'zod';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';
import { call } from './call.ts';

/** What can be tried before a run. Nothing of the document and no run is changed by any of them. */
export const TrialKind = z.enum(['find-rate', 'overfit-batch', 'fast-run', 'find-batch-size', 'forecast-memory']);
export type TrialKind = z.infer<typeof TrialKind>;

const RatePoint = z.strictObject({ rate: z.number(), loss: z.number(), smoothed: z.number() });
export type RatePoint = z.infer<typeof RatePoint>;

/** Something that keeps a network from learning one batch by heart, in words; `path` names the node. */
export const TrialFinding = z.strictObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  path: z.string().optional(),
});
export type TrialFinding = z.infer<typeof TrialFinding>;

const LossPoint = z.strictObject({ step: z.int(), loss: z.number() });

const Stage = z.strictObject({ name: z.string(), detail: z.string(), seconds: z.number() });

const TriedBatch = z.strictObject({
  batchSize: z.int(),
  /** Memory of the process at its highest, in bytes. */
  bytes: z.number(),
  samplesPerSecond: z.number(),
});
export type TriedBatch = z.infer<typeof TriedBatch>;

/** Bytes of a training, by what they are for. */
export const MemoryForecast = z.strictObject({
  batchSize: z.int(),
  /** The native libraries and this program. */
  program: z.number(),
  weights: z.number(),
  /** What the optimizer keeps, with gathered gradients and averages. */
  optimizer: z.number(),
  /** Copies of both: one on its way to the disk, and one before it that was not let go of yet. */
  checkpoint: z.number(),
  /** Values of a step at the moment when most of them are alive. */
  activations: z.number(),
  /** The document node of that moment. */
  fullestAt: z.string(),
  data: z.number(),
  total: z.number(),
  /** What the machine has to give; what this program holds already counts as free. */
  free: z.number(),
  /** The largest batch that would fit, where the chosen one does not. */
  fitting: z.int().optional(),
});
export type MemoryForecast = z.infer<typeof MemoryForecast>;

/** What a trial says while it goes on: what is new. */
export const TrialProgress = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('find-rate'), points: z.array(RatePoint), steps: z.int() }),
  z.strictObject({ kind: z.literal('overfit-batch'), points: z.array(LossPoint), steps: z.int() }),
  z.strictObject({ kind: z.literal('fast-run'), stages: z.array(Stage) }),
  z.strictObject({ kind: z.literal('find-batch-size'), tried: z.array(TriedBatch) }),
]);
export type TrialProgress = z.infer<typeof TrialProgress>;

/** What came of a trial. */
export const TrialResult = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('find-rate'),
    points: z.array(RatePoint),
    /** A rate that trains well; `null` when the loss falls nowhere. */
    suggestion: z.number().nullable(),
    /** The highest rate before the loss grew. */
    limit: z.number().nullable(),
    message: z.string(),
  }),
  z.strictObject({
    kind: z.literal('overfit-batch'),
    points: z.array(LossPoint),
    reached: z.boolean(),
    /** The lowest loss that the settings leave possible. */
    floor: z.number(),
    samples: z.int(),
    message: z.string(),
    findings: z.array(TrialFinding),
  }),
  z.strictObject({ kind: z.literal('fast-run'), stages: z.array(Stage), message: z.string() }),
  z.strictObject({
    kind: z.literal('find-batch-size'),
    tried: z.array(TriedBatch),
    /** The smallest that is nearly as fast as any. */
    suggestion: z.int(),
    /** The largest that was tried or surely fits. */
    largest: z.int(),
    message: z.string(),
  }),
  z.strictObject({ kind: z.literal('forecast-memory'), forecast: MemoryForecast }),
]);
export type TrialResult = z.infer<typeof TrialResult>;

export const TrialId = z.string().min(1).max(60);

const nothing = z.strictObject({});

export const trialCalls = {
  /** Answers when the trial is over; `trial/stop` ends one that is enough, with what is known by then. */
  'trial/run': call(z.strictObject({ trial: TrialId, kind: TrialKind, document: SkipwireDocument }), TrialResult),
  'trial/stop': call(z.strictObject({ trial: TrialId }), nothing),
} as const;

/** At most 30 a second. */
export const TrialEvent = z.strictObject({ trial: TrialId, progress: TrialProgress });
export type TrialEvent = z.infer<typeof TrialEvent>;
