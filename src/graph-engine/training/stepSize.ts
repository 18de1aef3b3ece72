import type { TrainingSettings } from '../document/trainingSettings.ts';

/** Samples that one optimizer step learns from: a batch, or several whose gradients are gathered. */
export function stepSize({ batchSize, accumulate = 1 }: Pick<TrainingSettings, 'batchSize' | 'accumulate'>): number {
  return batchSize * accumulate;
}
