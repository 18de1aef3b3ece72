import { z } from 'zod';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';
import { call } from './call.ts';
import { EngineId } from './engines.ts';
import { CheckpointName, RunId } from './run.ts';

const nothing = z.strictObject({});

/** A checkpoint that a run can be continued from. */
export const CheckpointDescription = z.strictObject({
  name: CheckpointName,
  step: z.int(),
  /** Epochs passed, with a fraction. */
  epoch: z.number(),
  /** Milliseconds since 1970. */
  saved: z.number(),
});
export type CheckpointDescription = z.infer<typeof CheckpointDescription>;

/** Requests that steer runs which are there already. */
export const runControlCalls = {
  /** Ends a run after the step at hand so that it can go on later; a queued one leaves the queue. */
  'run/pause': call(z.strictObject({ run: RunId }), nothing),
  /**
   * Lets a run that is paused, interrupted, stopped or failed go on from its last checkpoint, in its own folder, on the engine
   * that it was trained on or on another that is named.
   */
  'run/resume': call(z.strictObject({ run: RunId, engine: EngineId.optional() }), nothing),
  /** Gives a queued run another place among those that wait, from 0. */
  'run/move': call(z.strictObject({ run: RunId, place: z.int().min(0) }), nothing),
  'run/checkpoints': call(
    z.strictObject({ run: RunId }),
    z.strictObject({ checkpoints: z.array(CheckpointDescription) }),
  ),
  /**
   * Starts a run of its own from a checkpoint of another. `document`, which must have the same weights, brings other
   * settings; without it everything is as it was.
   */
  'run/continue': call(
    z.strictObject({
      run: RunId,
      checkpoint: CheckpointName.default('last'),
      document: SkipwireDocument.optional(),
      documentPath: z.string().max(1000).optional(),
    }),
    z.strictObject({ run: RunId }),
  ),
} as const;
