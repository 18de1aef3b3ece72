import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';

/** `(x − mean) / √(variance + epsilon)`, both taken over the axes. */
export function standardize(builder: Builder, x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = builder.subtract(x, builder.reduceMean(x, axes, true));
  const variance = builder.reduceMean(builder.square(centred), axes, true);
  return builder.multiply(centred, builder.rsqrt(builder.add(variance, builder.scalar(epsilon))));
}
