import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import { scalarSlot, slotOf } from './slot.ts';
import type { Update } from './update.ts';

/**
 * Adam (Kingma and Ba 2015). The powers of the betas stand for the step count: they are `beta ** t` during step `t`,
 * which counts from 1, and move on at the end of the step.
 */
export function adam(
  builder: Builder,
  updates: readonly Update[],
  learningRate: Value,
  { beta1, beta2, epsilon }: { readonly beta1: number; readonly beta2: number; readonly epsilon: number },
): readonly Variable[] {
  const powers = [scalarSlot('beta1Power', beta1), scalarSlot('beta2Power', beta2)] as const;
  const beta1Power = builder.readVariable(powers[0]);
  const beta2Power = builder.readVariable(powers[1]);
  const slots = updates.flatMap(({ variable, gradient }) => {
    const first = slotOf(variable, 'first');
    const second = slotOf(variable, 'second');
    const inputs = { learningRate, gradient, beta1Power, beta2Power };
    builder.applyAdam(variable, { first, second }, inputs, { beta1, beta2, epsilon });
    return [first, second];
  });
  builder.assign(powers[0], builder.multiply(beta1Power, builder.scalar(beta1)));
  builder.assign(powers[1], builder.multiply(beta2Power, builder.scalar(beta2)));
  return [...powers, ...slots];
}
