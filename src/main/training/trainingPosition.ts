import { z } from 'zod';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';

/** Sums that a tally has gathered; see `createTally`. */
export const TallyState = z.strictObject({
  samples: z.int().min(0),
  /** By the name of the fetch. */
  sums: z.record(z.string(), z.array(z.number())),
});
export type TallyState = z.infer<typeof TallyState>;

/**
 * How far a training has come: all of it beside the variables of the program, so that the two together go on with the very
 * next batch as if nothing had happened. Written into each checkpoint. Random numbers need no place here: the shuffle is a
 * function of seed and epoch, masks are of seed and step.
 */
export const TrainingPosition = z.strictObject({
  /** Optimizer steps taken. */
  step: z.int().min(0),
  /** The epoch at hand, from 0. */
  epoch: z.int().min(0),
  /** Samples of the epoch's order that have been learnt from. */
  offset: z.int().min(0),
  /** What the order came from, and what the other settings were; see `positionUnder`. */
  shuffle: z.string(),
  course: z.string(),
  /** The best figure of a validation so far, see `Judge`; `null` before the first evaluation. */
  bestLoss: z.number().nullable(),
  /** Over the epoch so far, and since the last report. */
  tallies: z.strictObject({ epoch: TallyState, recent: TallyState }),
  /** Seconds of training, without pauses. */
  elapsed: z.number(),
  /** Whether a part has ended the training before its last epoch. */
  ended: z.boolean(),
  /** What the parts of the loop remember, by their names. */
  parts: z.record(z.string(), z.json()),
});
export type TrainingPosition = z.infer<typeof TrainingPosition>;

/** A value that survives being written as JSON. */
export type Json = z.infer<ReturnType<typeof z.json>>;

const NOTHING: TallyState = { samples: 0, sums: {} };

/**
 * What a position means for a training with these settings on so many samples. Where samples come in another order, an epoch
 * that was begun starts over; where anything but the number of epochs differs, the parts remember nothing.
 */
export function positionUnder(settings: TrainingSettings, samples: number, from: TrainingPosition): TrainingPosition {
  const { data, reader, validationShare, validationData, stratified, seed } = settings;
  const { epochs: _epochs, checkpointEvery: _every, ...lasting } = settings;
  const shuffle = JSON.stringify([data, reader, validationShare, validationData, stratified, seed, samples]);
  const course = JSON.stringify(lasting);
  return {
    ...from,
    ...(from.shuffle !== shuffle && { offset: 0, tallies: { epoch: NOTHING, recent: NOTHING } }),
    ...(from.course !== course && { parts: {} }),
    shuffle,
    course,
  };
}

/** Before the first step. */
export const STARTING_POSITION: TrainingPosition = {
  step: 0,
  epoch: 0,
  offset: 0,
  shuffle: '',
  course: '',
  bestLoss: null,
  tallies: { epoch: NOTHING, recent: NOTHING },
  elapsed: 0,
  ended: false,
  parts: {},
};
