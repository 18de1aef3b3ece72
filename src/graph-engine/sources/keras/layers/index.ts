import type { LayerDrawer } from '../layerCall.ts';
import { activationDrawers } from './activations.ts';
import { arrangementDrawers } from './arrangements.ts';
import { convolutionDrawers } from './convolutions.ts';
import { linearDrawers } from './linear.ts';
import { mergeDrawers } from './merges.ts';
import { normalizationDrawers } from './normalizations.ts';
import { poolDrawers } from './pools.ts';
import { timeDistributed } from './timeDistributed.ts';

const drawers: Readonly<Record<string, LayerDrawer>> = {
  ...activationDrawers,
  ...arrangementDrawers,
  ...convolutionDrawers,
  ...linearDrawers,
  ...mergeDrawers,
  ...normalizationDrawers,
  ...poolDrawers,
  TimeDistributed: timeDistributed((className) => drawerOf(className)),
};

/** How a layer of that class is drawn; `undefined` where none of our ops do what it does. */
export function drawerOf(className: string): LayerDrawer | undefined {
  return Object.hasOwn(drawers, className) ? drawers[className] : undefined;
}
