import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import { slotOf } from './slot.ts';
import type { Update } from './update.ts';

/** Lion (Chen et al. 2023): steps by the sign of a mean of the gradients, whose memory is a longer mean. */
export function lion(
  builder: Builder,
  updates: readonly Update[],
  learningRate: Value,
  { beta1, beta2 }: { readonly beta1: number; readonly beta2: number },
): readonly Variable[] {
  return updates.map(({ variable, gradient }) => {
    const slot = slotOf(variable, 'mean');
    const mean = builder.readVariable(slot);
    const blend = (share: number): Value =>
      builder.add(builder.multiply(mean, builder.scalar(share)), builder.multiply(gradient, builder.scalar(1 - share)));
    const towards = blend(beta1);
    const zero = builder.scalar(0);
    const sign = builder.subtract(builder.greater(towards, zero), builder.greater(zero, towards));
    builder.applyGradientDescent(variable, learningRate, sign);
    builder.assign(slot, blend(beta2));
    return slot;
  });
}
