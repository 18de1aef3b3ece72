import { orderNaturally } from '../../document/naturalOrder.ts';
import { idleTensors } from './checkpointFamilies.ts';
import type { NamedPlace, TensorSizes, WantedWeight } from './matchCheckpoint.ts';

/** What comes last in a network, whatever its name: the layers before the classes, then these. */
const ends: readonly RegExp[] = [/^pre_logits\./, /^(?:classifier|fc|heads?)\./];

/**
 * Modules that are only numbered, such as `features.0`, in their order, where the network has as many, with the same
 * parameters; `undefined` otherwise.
 */
export function matchInOrder(
  wanted: readonly WantedWeight[],
  tensors: TensorSizes,
): ReadonlyMap<string, NamedPlace> | undefined {
  const ours = grouped(wanted, ({ node }) => node);
  const theirs = grouped(
    [...tensors.keys()].filter((name) => !idleTensors.test(name)),
    (name) => name.slice(0, name.lastIndexOf('.')),
  );
  if (ours.size !== theirs.size) return undefined;
  const modules = orderNaturally([...theirs.keys()]).toSorted((one, other) => rank(one) - rank(other));
  const places = new Map<string, NamedPlace>();
  for (const [index, weights] of [...ours.values()].entries()) {
    const module = modules[index] ?? '';
    const names = new Set(theirs.get(module));
    if (names.size !== weights.length) return undefined;
    for (const { variable, parameter } of weights) {
      const tensor = `${module}.${parameter}`;
      if (!names.has(tensor)) return undefined;
      places.set(variable, { tensor });
    }
  }
  return places;
}

function rank(module: string): number {
  return ends.findIndex((end) => end.test(`${module}.`)) + 1;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
