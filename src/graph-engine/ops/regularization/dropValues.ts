import type { LowerContext } from '../../core/opDefinition.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';
import { streamOf } from '../../random/streamOf.ts';

/**
 * Sets a random share of the values to zero and scales up the rest, while training; prediction passes everything. `place` names
 * the stream of random numbers, so two uses in one op need two.
 */
export function dropValues(
  builder: Builder,
  x: Value,
  rate: number,
  { mode, seed }: Pick<LowerContext<unknown, never, never>, 'mode' | 'seed'>,
  place: string,
): Value {
  if (mode === 'inference' || rate === 0 || seed === undefined) return x;
  const uniform = builder.randomUniform(seed, x.dims, streamOf(place), x);
  const mask = builder.greaterEqual(uniform, builder.scalar(rate));
  return builder.multiply(x, builder.multiply(mask, builder.scalar(1 / (1 - rate))));
}
