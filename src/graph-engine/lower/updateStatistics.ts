import type { Builder } from '../program/builder.ts';
import type { Update } from '../program/optimizers/update.ts';

/** What the entry that takes a step tells where gradients are gathered first. */
export interface UpdateStatistics {
  /** Name of the fetch: a vector. */
  readonly fetch: string;
  /** Length of the vector. */
  readonly count: number;
  /** By the name of a variable, the places of half the sum of squares of its change and of its gradient. */
  readonly places: ReadonlyMap<string, { readonly change: number; readonly gradient: number }>;
}

/** Appends to the entry that takes a step from gathered gradients what each variable did, as an output on demand. */
export function appendUpdateStatistics(step: Builder, gathered: readonly Update[]): UpdateStatistics {
  return step.withOrigin('statistics', () => {
    const numbers = gathered.flatMap(({ variable, gradient }) => [
      step.l2Loss(step.subtract(step.readUpdatedVariable(variable), step.readVariable(variable))),
      step.l2Loss(gradient),
    ]);
    if (numbers.length > 0) step.output('updates', step.pack(numbers), { onDemand: true });
    const places = gathered.map(({ variable }, i) => [variable.name, { change: 2 * i, gradient: 2 * i + 1 }] as const);
    return { fetch: 'updates', count: numbers.length, places: new Map(places) };
  });
}
