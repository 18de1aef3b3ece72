import { elementCount } from '../../graph-engine/core/shape.ts';
import type { ProbedValue } from '../../graph-engine/lower/lowerProbe.ts';

/** Values and numbers that one call of the engine fetches. */
const VALUES = 24;
const NUMBERS = 4 * 1024 * 1024;

/**
 * Parts of the values that are fetched together, always the same: TensorFlow prepares a graph anew for each set of fetches
 * and keeps it, so sets must not depend on what somebody happens to look at. Neighbours in the order of computation are
 * mostly neighbours on the canvas too.
 */
export function groupValues(values: readonly ProbedValue[]): readonly (readonly ProbedValue[])[] {
  const groups: ProbedValue[][] = [];
  let room = 0;
  for (const value of values) {
    const size = elementCount(value.type) ?? 0;
    const group = groups.at(-1);
    if (group === undefined || group.length >= VALUES || size > room) {
      groups.push([value]);
      room = NUMBERS - size;
    } else {
      group.push(value);
      room -= size;
    }
  }
  return groups;
}
