import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import type { Update } from './update.ts';

/** Whether weight decay pulls on a variable by default: not on vectors, which are biases and norms. */
export function isDecayed(variable: Variable): boolean {
  return variable.dims.length !== 1;
}

/** Coupled decay (L2 regularization): the gradient grows by `weightDecay * variable`. */
export function decayedGradient(builder: Builder, { variable, gradient }: Update, weightDecay: number): Update {
  const pull = builder.multiply(builder.readVariable(variable), builder.scalar(weightDecay));
  return { variable, gradient: builder.add(gradient, pull) };
}

/** Decoupled decay (Loshchilov and Hutter 2019): `variable *= 1 - learningRate * weightDecay`, before the step. */
export function shrink(builder: Builder, updates: readonly Update[], learningRate: Value, weightDecay: number): void {
  if (updates.length === 0) return;
  const kept = builder.subtract(builder.scalar(1), builder.multiply(learningRate, builder.scalar(weightDecay)));
  for (const { variable } of updates) {
    builder.assign(variable, builder.multiply(builder.readVariable(variable), kept));
  }
}
