import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';

/** The sum over all elements, as a scalar. */
export function sumOf(builder: Builder, x: Value): Value {
  return builder.reduceSum(
    x,
    x.dims.map((_, axis) => axis),
  );
}

/** The mean over everything but the batch, `[batch]`. */
export function meanOfExamples(builder: Builder, x: Value): Value {
  const axes = x.dims.map((_, axis) => axis).slice(1);
  return axes.length === 0 ? x : builder.reduceMean(x, axes);
}

/** Scalars and vectors joined to one vector. */
export function vectorOf(builder: Builder, parts: readonly Value[]): Value {
  return builder.concat(
    parts.map((part) => (part.dims.length === 0 ? builder.reshape(part, [1]) : part)),
    0,
  );
}

/** The sum over all elements and their number, for a mean over any batches. */
export function meanSums(builder: Builder, x: Value): Value {
  return vectorOf(builder, [sumOf(builder, x), builder.elementCount(x.dims)]);
}

/** The size of each element, with the gradient 0 at 0 as PyTorch has it. */
export function absolute(builder: Builder, x: Value): Value {
  return builder.maximum(x, builder.negate(x));
}
