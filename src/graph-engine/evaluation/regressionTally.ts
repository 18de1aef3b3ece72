/** How near one output came to what it learned. */
export interface ValueFigures {
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  /** Mean of what was predicted less what is true: below 0 it says too little. */
  readonly bias: number;
  /** Share of the variance of the truth that is explained; `null` where the truth does not vary. */
  readonly rSquared: number | null;
}

/** Errors of predicted numbers, added up one sample at a time. */
export interface RegressionTally {
  /** Adds a sample; answers its own root mean squared error over the outputs. */
  add(truth: ArrayLike<number>, predicted: ArrayLike<number>): number;
  /** One for each output. */
  figures(): readonly ValueFigures[];
}

interface Sums {
  count: number;
  absolute: number;
  squared: number;
  signed: number;
  mean: number;
  variation: number;
}

/**
 * Starts with no samples. With `pooled` all numbers of a sample count as one output, as the pixels of an image do that is
 * given back.
 */
export function createRegressionTally(outputs: number, pooled = false): RegressionTally {
  const all = Array.from({ length: pooled ? 1 : outputs }, (): Sums => ({
    count: 0,
    absolute: 0,
    squared: 0,
    signed: 0,
    mean: 0,
    variation: 0,
  }));
  return {
    add(truth, predicted) {
      let own = 0;
      for (let index = 0; index < outputs; index++) {
        const sums = all[pooled ? 0 : index];
        if (sums === undefined) continue;
        const actual = truth[index] ?? 0;
        const error = (predicted[index] ?? 0) - actual;
        own += error * error;
        sums.count++;
        sums.absolute += Math.abs(error);
        sums.squared += error * error;
        sums.signed += error;
        // Welford: exact enough for values far from zero.
        const before = actual - sums.mean;
        sums.mean += before / sums.count;
        sums.variation += before * (actual - sums.mean);
      }
      return Math.sqrt(own / outputs);
    },
    figures: () =>
      all.map(({ count, absolute, squared, signed, variation }) => {
        const samples = Math.max(1, count);
        return {
          meanAbsoluteError: absolute / samples,
          rootMeanSquaredError: Math.sqrt(squared / samples),
          bias: signed / samples,
          rSquared: variation === 0 ? null : 1 - squared / variation,
        };
      }),
  };
}
