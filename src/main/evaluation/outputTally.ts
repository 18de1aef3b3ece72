import type { EvaluatedOutput } from '../../contract/evaluation.ts';
import { elementCount } from '../../graph-engine/core/shape.ts';
import type { LoweredOutput } from '../../graph-engine/lower/lowerDocument.ts';
import type { DataMatch } from '../../graph-engine/training/matchData.ts';
import type { TensorData } from '../executors/compiledProgram.ts';

/** A batch as one output sees it. */
export interface TalliedBatch {
  /** Place of its first sample among all that are looked at. */
  readonly from: number;
  readonly size: number;
  /** What the network answers. */
  readonly answers: TensorData;
  /** What is true. */
  readonly targets: TensorData;
}

/** Takes what one output says, batch by batch, and keeps figures of it only. */
export interface OutputTally {
  readonly path: string;
  /** Name of what it wants of `predict`. */
  readonly fetch: string;
  /** Numbers of one sample. */
  readonly size: number;
  /** Name of the feed that says what is true. */
  readonly targetFeed: string;
  add(batch: TalliedBatch): void;
  finish(samples: readonly number[]): EvaluatedOutput;
}

/** What a tally needs to know of its output. */
export interface TalliedOutput {
  readonly output: LoweredOutput;
  readonly objective: NonNullable<LoweredOutput['objective']>;
  /** What of the data set it learned from. */
  readonly data: TargetData;
  /** How many samples will come. */
  readonly samples: number;
}
export type TargetData = DataMatch['targets'] extends ReadonlyMap<string, infer Target> ? Target : never;

/** What every tally says of where its numbers come from. */
export function tallySource(
  { output: { path, ports }, objective: { targetFeed } }: TalliedOutput,
  port: string,
): Pick<OutputTally, 'path' | 'fetch' | 'size' | 'targetFeed'> {
  const found = ports[port];
  const size = found === undefined ? null : elementCount(found.type);
  if (found === undefined || size === null) throw new Error(`The output "${path}" has no "${port}" of a known size`);
  return { path, fetch: found.fetch, size, targetFeed };
}

/** The place of the largest of `count` numbers from `start` on, the first of equal ones. */
export function argMax(numbers: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if ((numbers[start + index] ?? 0) > (numbers[start + best] ?? 0)) best = index;
  }
  return best;
}
