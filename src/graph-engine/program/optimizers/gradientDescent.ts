import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import type { Update } from './update.ts';

/** `variable -= learningRate * gradient`; keeps nothing. */
export function gradientDescent(
  builder: Builder,
  updates: readonly Update[],
  learningRate: Value,
): readonly Variable[] {
  for (const { variable, gradient } of updates) builder.applyGradientDescent(variable, learningRate, gradient);
  return [];
}
