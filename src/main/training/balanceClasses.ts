import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { ClassWeightsByOutput } from '../../graph-engine/lower/trainingParameters.ts';
import type { FeedColumn } from './batches.ts';

/**
 * Weights by which every class counts alike however rare it is: samples / (classes × count), as scikit-learn has it. A class
 * without a sample weighs 1.
 */
export function balancedWeights(
  { outputs }: LoweredDocument,
  columns: readonly FeedColumn[],
  samples: Int32Array,
): ClassWeightsByOutput {
  return Object.fromEntries(
    outputs.flatMap(({ path, objective }) => {
      const column = columns.find(({ feed }) => feed === objective?.targetFeed);
      if (objective?.target.kind !== 'class' || column === undefined) return [];
      const counts = new Float64Array(objective.target.choices ?? 0);
      const room = new Int32Array(1);
      for (const sample of samples) {
        column.write(sample, room);
        counts[room[0] ?? 0] = (counts[room[0] ?? 0] ?? 0) + 1;
      }
      const weights = [...counts].map((count) => (count === 0 ? 1 : samples.length / (counts.length * count)));
      return [[path, weights.map((weight) => Number(weight.toPrecision(6)))]];
    }),
  );
}
