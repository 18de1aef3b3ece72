import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { ClassWeightsByOutput } from '../../graph-engine/lower/trainingParameters.ts';
import { MEASURED_SAMPLES } from '../datasets/normalization.ts';
import type { FeedColumn } from './batches.ts';

/** What classes are counted in. */
const counted: ReadonlySet<string> = new Set(['class', 'mask']);

/**
 * Weights by which every class counts alike however rare it is: samples / (classes × count), as scikit-learn has it; of masks
 * the pixels count, of the first so many samples. A class without any weighs 1.
 */
export function balancedWeights(
  { outputs }: LoweredDocument,
  columns: readonly FeedColumn[],
  samples: Int32Array,
): ClassWeightsByOutput {
  return Object.fromEntries(
    outputs.flatMap(({ path, objective }) => {
      const column = columns.find(({ feed }) => feed === objective?.targetFeed);
      if (objective === undefined || column === undefined || !counted.has(objective.target.kind)) return [];
      const counts = new Float64Array(objective.target.choices ?? 0);
      const room = new Int32Array(column.sampleSize);
      const seen = objective.target.kind === 'mask' ? samples.subarray(0, MEASURED_SAMPLES) : samples;
      for (const sample of seen) {
        column.write(sample, room);
        for (const label of room) counts[label] = (counts[label] ?? 0) + 1;
      }
      const total = seen.length * column.sampleSize;
      const weights = [...counts].map((count) => (count === 0 ? 1 : total / (counts.length * count)));
      return [[path, weights.map((weight) => Number(weight.toPrecision(6)))]];
    }),
  );
}
