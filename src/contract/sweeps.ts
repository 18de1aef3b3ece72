import { z } from 'zod';
import { ParameterValue, SkipwireDocument } from '../graph-engine/document/schema.ts';
import { SweepPlan } from '../graph-engine/training/sweep/sweepPlan.ts';
import { call } from './call.ts';
import { HostProblem } from './hostProblem.ts';
import { MeasureDescription, RunId } from './run.ts';

/** Name of a sweep's folder. */
export const SweepId = RunId;
export type SweepId = z.infer<typeof SweepId>;

/** What the user calls a sweep. */
export const SweepTitle = z.string().trim().max(120);

/** Where a sweep stands; changed only by `nextSweepState`. */
export const SweepState = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('running') }),
  /** Lets the runs at work end after the step at hand; with `pausing` so that the sweep rests by the user's wish. */
  z.strictObject({ status: z.literal('stopping'), pausing: z.literal(true).optional() }),
  z.strictObject({ status: z.literal('paused') }),
  z.strictObject({ status: z.literal('stopped') }),
  z.strictObject({
    status: z.literal('finished'),
    /** All trials are done, or what ended it before. */
    reason: z.enum(['all-done', 'target', 'patience', 'minutes']),
  }),
  /** Its own record could not be written any more. */
  z.strictObject({ status: z.literal('failed'), problem: HostProblem }),
  /** The host died; what was trained is there. */
  z.strictObject({ status: z.literal('interrupted'), reason: z.string() }),
]);
export type SweepState = z.infer<typeof SweepState>;

/** A trial in a round of halving; other sweeps have one round. */
export const SweepAttempt = z.strictObject({
  /** From 0. */
  trial: z.int().min(0),
  rung: z.int().min(0),
  /** The run that trains it. There is none where the drawing could not be trained with these values. */
  run: RunId,
  /** A value for every axis. */
  point: z.array(ParameterValue),
  /** Epochs it has at its end, those of earlier rounds included. */
  epochs: z.int(),
  outcome: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('under-way') }),
    z.strictObject({
      status: z.literal('done'),
      /** The goal's figure of its best epoch. */
      value: z.number(),
      epoch: z.number(),
    }),
    z.strictObject({ status: z.literal('failed'), problem: HostProblem }),
  ]),
  /** Seconds that it has trained, without earlier rounds. */
  seconds: z.number().optional(),
});
export type SweepAttempt = z.infer<typeof SweepAttempt>;

export const SweepSummary = z.strictObject({
  id: SweepId,
  /** Of the document. */
  name: z.string(),
  /** What the user calls it, where it was given a title. */
  title: SweepTitle.optional(),
  documentPath: z.string().optional(),
  /** Milliseconds since 1970. */
  started: z.number(),
  state: SweepState,
  plan: SweepPlan,
  /** What the goal measures. */
  measure: MeasureDescription,
  /** In the order they were begun. */
  attempts: z.array(SweepAttempt),
});
export type SweepSummary = z.infer<typeof SweepSummary>;

const nothing = z.strictObject({});
const named = z.strictObject({ sweep: SweepId });

export const sweepCalls = {
  'sweep/start': call(
    z.strictObject({
      document: SkipwireDocument,
      documentPath: z.string().max(1000).optional(),
      plan: SweepPlan,
    }),
    z.strictObject({ sweep: SweepId }),
  ),
  /** Lets the run at work save where it stands, and begins no further one. */
  'sweep/pause': call(named, nothing),
  /** Lets a sweep at rest go on where it stood. */
  'sweep/resume': call(named, nothing),
  'sweep/stop': call(named, nothing),
  'sweep/list': call(nothing, z.strictObject({ sweeps: z.array(SweepSummary) })),
} as const;
