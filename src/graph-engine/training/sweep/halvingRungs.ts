import type { HalvingStrategy } from './sweepPlan.ts';

/** A round of successive halving: how many trials are in it, and how many epochs each has behind it at its end. */
export interface Rung {
  readonly trials: number;
  readonly epochs: number;
}

/**
 * The rounds of successive halving (Jamieson and Talwalkar 2016, algorithm 1, with the factor η and the budgets of Li et al.
 * 2018, algorithm 1): `floor(trials · η^-i)` of them are left in round `i`, each with `maximum · η^(i-s)` epochs, where `s`
 * is the largest number for which the first round has at least `minimum` epochs. The last round always has `maximum`. One
 * that is left alone has nothing to be compared with, and goes straight there.
 */
export function halvingRungs({ trials, eta, minimum, maximum }: Omit<HalvingStrategy, 'kind' | 'seed'>): Rung[] {
  let rounds = 0;
  for (let budget = maximum; budget / eta >= minimum; budget /= eta) rounds++;
  const rungs: Rung[] = [];
  let left = trials;
  for (let round = 0; round <= rounds; round++) {
    const alone = left === 1;
    const epochs = round === rounds || alone ? maximum : Math.max(1, Math.round(maximum / eta ** (rounds - round)));
    // Rounding may make two rounds alike; nothing would happen in the second.
    if (rungs.at(-1)?.epochs !== epochs) rungs.push({ trials: left, epochs });
    if (alone) break;
    left = Math.max(1, Math.floor(trials / eta ** (round + 1)));
  }
  return rungs;
}
