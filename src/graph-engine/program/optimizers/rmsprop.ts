import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import { slotOf } from './slot.ts';
import type { Update } from './update.ts';

/**
 * RMSProp (Tieleman and Hinton 2012) as PyTorch does it: `square = smoothing * square + (1 - smoothing) * g * g`, and the
 * step `g / (sqrt(square) + epsilon)`, which with momentum gathers in a slot.
 */
export function rmsprop(
  builder: Builder,
  updates: readonly Update[],
  learningRate: Value,
  { smoothing, momentum, epsilon }: { readonly smoothing: number; readonly momentum: number; readonly epsilon: number },
): readonly Variable[] {
  return updates.flatMap(({ variable, gradient }) => {
    const square = slotOf(variable, 'square');
    const newSquare = builder.add(
      builder.multiply(builder.readVariable(square), builder.scalar(smoothing)),
      builder.multiply(builder.square(gradient), builder.scalar(1 - smoothing)),
    );
    const size = builder.add(builder.sqrt(newSquare), builder.scalar(epsilon));
    const scaled = builder.divide(gradient, size);
    builder.assign(square, newSquare);
    if (momentum === 0) {
      builder.applyGradientDescent(variable, learningRate, scaled);
      return [square];
    }
    const slot = slotOf(variable, 'momentum');
    builder.applyMomentum(variable, slot, learningRate, scaled, { momentum, nesterov: false });
    return [square, slot];
  });
}
