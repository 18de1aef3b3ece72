import { integerBelow } from './distributions.ts';
import { createWordStream, domains } from './philox.ts';

/** The numbers 0 to `length - 1` in a random order (Fisher and Yates), different for every seed and epoch. */
export function permutation(seed: number, length: number, epoch = 0): Int32Array {
  const words = createWordStream([seed, epoch], 0, domains.permutation);
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const other = integerBelow(words, last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
