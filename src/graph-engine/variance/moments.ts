import type { Initializer } from '../core/initializer.ts';

/**
 * What is foretold of a value before its weights are drawn: the mean of its elements, the mean of their squares, and how
 * much of the spread lies within channels (over examples and positions) rather than between them. A batch normalization
 * divides by the spread within channels alone, so both must be followed.
 */
export interface Moments {
  readonly mean: number;
  readonly square: number;
  readonly within: number;
  /** No element is below zero: a ReLU changes nothing any more. */
  readonly isPositive?: boolean;
}

/** The spread of all elements. */
export function varianceOf({ mean, square }: Moments): number {
  return Math.max(0, square - mean ** 2);
}

/** Elements times a number. */
export function scaled({ mean, square, within, isPositive: positive }: Moments, factor: number): Moments {
  const isPositive = factor === 0 || (factor > 0 && positive === true);
  return { mean: factor * mean, square: factor ** 2 * square, within: factor ** 2 * within, isPositive };
}

/** The sum of values that do not depend on each other. */
export function summed(a: Moments, b: Moments, sign: 1 | -1 = 1): Moments {
  return {
    mean: a.mean + sign * b.mean,
    square: a.square + b.square + 2 * sign * a.mean * b.mean,
    within: a.within + b.within,
    isPositive: sign === 1 && a.isPositive === true && b.isPositive === true,
  };
}

/** The product of values that do not depend on each other. */
export function multiplied(a: Moments, b: Moments): Moments {
  const between = (a.square - a.within) * (b.square - b.within);
  return { mean: a.mean * b.mean, square: a.square * b.square, within: Math.max(0, a.square * b.square - between) };
}

/** A mixture of values by their shares. */
export function mixed(parts: readonly (readonly [Moments, number])[]): Moments {
  const total = parts.reduce((sum, [, share]) => sum + share, 0) || 1;
  const average = (pick: (moments: Moments) => number): number =>
    parts.reduce((sum, [moments, share]) => sum + pick(moments) * share, 0) / total;
  return {
    mean: average(({ mean }) => mean),
    square: average(({ square }) => square),
    within: average(({ within }) => within),
    isPositive: parts.every(([moments]) => moments.isPositive === true),
  };
}

/** Share of the variance that is left when a normal number is drawn again while beyond two deviations. */
const TRUNCATED = 0.7737413;

function momentsOf(values: Float32Array): { readonly mean: number; readonly square: number } {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return { mean: sum / values.length, square: squares / values.length };
}

/** Mean and mean square of the first values of a variable. */
export function initialMoments(initializer: Initializer): { readonly mean: number; readonly square: number } {
  switch (initializer.kind) {
    case 'zeros':
      return { mean: 0, square: 0 };
    case 'ones':
      return { mean: 1, square: 1 };
    case 'constant':
      return { mean: initializer.value, square: initializer.value ** 2 };
    case 'stored':
      return momentsOf(initializer.values);
    case 'heNormal':
      return { mean: 0, square: 2 / initializer.fan };
    case 'glorotUniform':
      return { mean: 0, square: 2 / (initializer.fanIn + initializer.fanOut) };
    case 'uniform':
      return { mean: 0, square: initializer.limit ** 2 / 3 };
    case 'normal':
      return { mean: 0, square: initializer.standardDeviation ** 2 };
    case 'truncatedNormal':
      return { mean: 0, square: TRUNCATED * initializer.standardDeviation ** 2 };
  }
}
