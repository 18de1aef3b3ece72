import type { CompiledProgram, NamedTensors } from '../executors/compiledProgram.ts';
import type { Batch } from './batches.ts';

/** One optimizer step. */
export interface StepOrder {
  readonly compiled: CompiledProgram;
  readonly seed: number;
  /** From 0, over the whole run; masks are drawn from it. */
  readonly step: number;
  readonly learningRate: number;
  /** Outputs of `train` that are wanted. */
  readonly fetches: readonly string[];
}

/** Takes one optimizer step on a batch. */
export async function takeStep(order: StepOrder, batch: Batch): Promise<NamedTensors> {
  const { compiled, seed, step, learningRate, fetches } = order;
  const feeds = {
    ...batch.feeds,
    learningRate: Float32Array.of(learningRate),
    seed: Int32Array.of(seed, step),
  };
  return compiled.run('train', feeds, fetches);
}
