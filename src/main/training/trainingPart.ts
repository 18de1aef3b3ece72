import type { CompiledProgram, NamedTensors } from '../executors/compiledProgram.ts';
import type { HostFailure } from '../files/hostFailure.ts';
import type { Batch } from './batches.ts';
import type { Measurement } from './networkMeasures.ts';
import type { Json } from './trainingPosition.ts';

/** A step that is about to be taken, or has just been. */
export interface StepPlace {
  /** From 0, over the whole run. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  readonly stepsPerEpoch: number;
}

/** A step with what came of it. */
export interface TakenStep extends StepPlace {
  /** Its arrays may have been used again. */
  readonly batch: Pick<Batch, 'size'>;
  readonly learningRate: number;
  /** What `train` fetched: the usual figures, and what parts have asked for. */
  readonly results: NamedTensors;
}

/** An evaluation: after each epoch, and in the middle of one that is stopped. */
export interface TakenEvaluation {
  readonly step: number;
  /** Epochs passed. */
  readonly epoch: number;
  readonly trained: Measurement;
  readonly validation: Measurement;
  /** Whether the validation is the best so far. */
  readonly best: boolean;
}

/** A step or an evaluation whose loss is no number. */
export interface Divergence extends StepPlace {
  readonly compiled: CompiledProgram;
  /** The batch of the step; absent where an evaluation diverged. */
  readonly batch?: Pick<Batch, 'size'>;
  readonly learningRate: number;
  readonly loss: number;
}

/**
 * Something that takes part in a training beside the loop itself, such as early stopping, a plateau schedule or statistics
 * of the nodes. All functions are optional; they are called in the order of the parts.
 */
export interface TrainingPart {
  /** Names its place in `TrainingPosition.parts`; no two parts share one. */
  readonly name: string;
  /** What it must remember to go on in the same way. Asked for at each checkpoint, so it should cost little. */
  state?(): Json;
  /** Gives back what it remembered, before the first step. Not called where a checkpoint knows nothing of this part. */
  restore?(state: Json): void;
  /** Changes the learning rate of a step. */
  learningRate?(rate: number, place: StepPlace): number;
  /** Outputs of the entry `train` that are wanted of a step beside the usual figures. */
  fetches?(place: StepPlace): readonly string[];
  /** Called in the order of the steps, which may be some steps later. */
  afterStep?(taken: TakenStep): void | Promise<void>;
  /** `end` ends the training as finished, with its best weights. */
  afterEvaluation?(taken: TakenEvaluation): 'go-on' | 'end' | Promise<'go-on' | 'end'>;
  /** Says more about a loss that is no number than the loop can; the first part that knows something is heard. */
  explain?(divergence: Divergence): Promise<HostFailure | undefined>;
}
