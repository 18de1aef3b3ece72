import type { PageRef } from '../../graph-engine/reference/referencePage.ts';
import { canvasMiddle } from '../canvas/canvasMiddle.ts';
import { addBehindSelection } from '../canvas/editing.ts';
import { startFrom } from '../files/fileActions.ts';
import { catalogue, networkTemplates } from '../palette/catalogue.ts';
import { currentDocument } from '../store/documentStore.ts';
import { shownScope } from '../store/scope.ts';

/** What the button of a page does here; `undefined` where the thing cannot stand in the shown graph. */
export function actionOf({ kind, id }: PageRef): { readonly label: string; run(): void } | undefined {
  if (kind === 'network') {
    const network = networkTemplates().find((one) => one.id === id);
    return network === undefined ? undefined : { label: 'Open', run: () => startFrom(network.load()) };
  }
  const items = catalogue(currentDocument(), shownScope().scope);
  const item = items.find((one) => [id, `block-${id}`, `own-${id}`].includes(one.id));
  return item === undefined
    ? undefined
    : { label: 'Add to canvas', run: () => void addBehindSelection(item, canvasMiddle()) };
}
