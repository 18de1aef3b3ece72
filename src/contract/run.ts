import { z } from 'zod';
import { Divergence } from './divergence.ts';
import { EngineDevice, EngineId } from './engines.ts';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';

/** Name of a run's folder. */
export const RunId = z
  .string()
  .max(120)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
export type RunId = z.infer<typeof RunId>;

/** A figure of a run that says how good the network is; `key` is its place in `measures` of the metrics. */
export const MeasureDescription = z.strictObject({
  /** Such as `accuracy`, with the output's path in front where the network has several: `policy.accuracy`. */
  key: z.string(),
  title: z.string(),
  /** `share`: from 0 to 1, shown in per cent. */
  unit: z.enum(['share', 'number']),
  better: z.enum(['higher', 'lower']),
});
export type MeasureDescription = z.infer<typeof MeasureDescription>;

/** Figures by their key; one that is no finite number is left out. Runs of older versions have none. */
const Figures = z.record(z.string(), z.number()).optional();

/**
 * One reported step. Loss and measures are means since the last report; rates are smoothed. `accuracy` is that of the first
 * output, where it is a classifier.
 */
export const StepMetrics = z.strictObject({
  kind: z.literal('step'),
  step: z.int(),
  /** Epochs passed, with a fraction. */
  epoch: z.number(),
  loss: z.number(),
  accuracy: z.number().optional(),
  measures: Figures,
  learningRate: z.number(),
  samplesPerSecond: z.number(),
  /** Seconds until the last epoch ends. */
  remaining: z.number(),
  /** Seconds since the run began. */
  elapsed: z.number(),
  /** Bytes that the engine process holds in memory. */
  memory: z.number().optional(),
  /** Bytes that it holds on a graphics processor; absent where it computes on none. */
  deviceMemory: z.number().optional(),
});
export const EpochMetrics = z.strictObject({
  kind: z.literal('epoch'),
  step: z.int(),
  /** Epochs passed; a run that was stopped in the middle of one is measured there, with a fraction. */
  epoch: z.number(),
  trainLoss: z.number(),
  trainAccuracy: z.number().optional(),
  trainMeasures: Figures,
  validationLoss: z.number(),
  validationAccuracy: z.number().optional(),
  validationMeasures: Figures,
  /** Whether these are the best weights so far, by validation loss. */
  best: z.boolean(),
  elapsed: z.number(),
});
export type StepMetrics = z.infer<typeof StepMetrics>;
export type EpochMetrics = z.infer<typeof EpochMetrics>;
/** One line of `metrics.jsonl`. */
export const Metrics = z.discriminatedUnion('kind', [StepMetrics, EpochMetrics]);
export type Metrics = z.infer<typeof Metrics>;

/** Where a run stands; changed only by `nextRunState`. */
export const RunState = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('queued') }),
  z.strictObject({ status: z.literal('compiling') }),
  z.strictObject({ status: z.literal('running') }),
  /** Ends after the step at hand; with `pausing` so that it can go on. */
  z.strictObject({ status: z.literal('stopping'), pausing: z.literal(true).optional() }),
  /** Rests by the user's wish, with nothing but its folder; goes on from its last checkpoint. */
  z.strictObject({ status: z.literal('paused') }),
  z.strictObject({ status: z.literal('finished') }),
  /** Stopped by the user; the best weights are kept. */
  z.strictObject({ status: z.literal('stopped') }),
  z.strictObject({
    status: z.literal('failed'),
    problem: z.strictObject({
      code: z.string(),
      message: z.string(),
      remedy: z.string().optional(),
      divergence: Divergence.optional(),
    }),
  }),
  /** The engine or the host died; what was saved last is there. */
  z.strictObject({ status: z.literal('interrupted'), reason: z.string() }),
]);
export type RunState = z.infer<typeof RunState>;

/** Name of a checkpoint's file without its extension: `last`, `best`, `start` or `epoch-00010`. */
export const CheckpointName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9-]+$/);

/** The run and its checkpoint that a run began with. */
export const RunParent = z.strictObject({
  run: z.string(),
  checkpoint: CheckpointName,
  step: z.int(),
  /** Epochs passed, with a fraction. */
  epoch: z.number(),
});
export type RunParent = z.infer<typeof RunParent>;

/** The trial of a sweep that a run trains. */
export const SweepTrial = z.strictObject({
  /** Name of the sweep. */
  sweep: z.string(),
  /** From 0. */
  trial: z.int(),
  /** Its round of halving, from 0. */
  rung: z.int(),
});
export type SweepTrial = z.infer<typeof SweepTrial>;

/** The engine of a run. */
export const RunEngine = z.strictObject({
  id: EngineId,
  /** With its version, such as `TensorFlow 2.21.0`. */
  name: z.string(),
  device: EngineDevice.optional(),
});
export type RunEngine = z.infer<typeof RunEngine>;

export const RunSummary = z.strictObject({
  id: RunId,
  name: z.string(),
  documentPath: z.string().optional(),
  /** Fingerprint of the network (see `networkFingerprint`): weights fit documents that have the same. */
  network: z.string().optional(),
  data: z.string(),
  /** Milliseconds since 1970. */
  started: z.number(),
  state: RunState,
  epochs: z.int(),
  /** What the metrics measure, the most telling one first. Unknown until the run has begun, and for older runs. */
  measures: z.array(MeasureDescription).optional(),
  lastEpoch: EpochMetrics.optional(),
  best: EpochMetrics.optional(),
  /** The metrics up to there are the parent's. */
  parent: RunParent.optional(),
  /** What trains it, or trained it last; unknown until it begins, and of older runs. */
  engine: RunEngine.optional(),
  /** Of a run that a sweep has begun. */
  sweep: SweepTrial.optional(),
  /** Place among the runs that wait, from 0; of queued runs that a living host looks after. */
  queuePlace: z.int().optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RunRecord = z.strictObject({
  summary: RunSummary,
  document: SkipwireDocument,
  metrics: z.array(Metrics),
  /** Things the user should know, such as how the data was fitted to the input. */
  notices: z.array(z.string()),
});
export type RunRecord = z.infer<typeof RunRecord>;

export const RunEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('state'), run: RunId, summary: RunSummary }),
  /** Metrics since the last event; at most 30 events a second. */
  z.strictObject({ kind: z.literal('metrics'), run: RunId, metrics: z.array(Metrics) }),
  /** The run goes on from a checkpoint: metrics of later steps are void. */
  z.strictObject({ kind: z.literal('rewound'), run: RunId, step: z.int() }),
  z.strictObject({ kind: z.literal('notice'), run: RunId, text: z.string() }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
