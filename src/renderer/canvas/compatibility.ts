import { kindOf, type TensorType } from '../../graph-engine/core/shape.ts';
import type { CatalogueItem } from '../palette/catalogue.ts';

/**
 * Whether an op takes what flows out of an open wire: it accepts the kind, and its own rule of shapes has no objection with
 * every input fed alike. Blocks, and anything while the shape is not known, count as possible.
 */
export function takes(item: CatalogueItem, type: TensorType | undefined): boolean {
  const [first] = item.inputs;
  if (item.kind !== 'op' || type === undefined || first === undefined) return first !== undefined;
  const { op } = item;
  if (!(op.accepts?.[first] ?? ['numbers']).includes(kindOf(type))) return false;
  const parameters = op.parameters.safeParse({});
  if (!parameters.success) return true;
  const inputs = Object.fromEntries(op.inputs.map((port) => [port, type]));
  return op.infer({ parameters: parameters.data, inputs }).ok;
}

/** What takes an open wire before what does not, each in its own order; without a wire to take, all as they are. */
export function compatibleFirst(
  items: readonly CatalogueItem[],
  takesWire: boolean,
  type: TensorType | undefined,
): readonly { readonly item: CatalogueItem; readonly fits: boolean }[] {
  if (!takesWire) return items.map((item) => ({ item, fits: true }));
  const judged = items.map((item) => ({ item, fits: takes(item, type) }));
  return [...judged.filter(({ fits }) => fits), ...judged.filter(({ fits }) => !fits)];
}
