import type { Builder } from '../builder.ts';
import type { Value, Variable } from '../program.ts';
import { slotOf } from './slot.ts';
import type { Update } from './update.ts';

/** Momentum as in Sutskever et al. 2013 in PyTorch's form, where the rate multiplies the slot and not the gradient. */
export function momentum(
  builder: Builder,
  updates: readonly Update[],
  learningRate: Value,
  attributes: { readonly momentum: number; readonly nesterov: boolean },
): readonly Variable[] {
  return updates.map(({ variable, gradient }) => {
    const slot = slotOf(variable, 'momentum');
    builder.applyMomentum(variable, slot, learningRate, gradient, attributes);
    return slot;
  });
}
