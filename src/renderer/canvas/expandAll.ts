import { expandDocument } from '../../graph-engine/lower/expandDocument.ts';
import { startFrom } from '../files/fileActions.ts';
import { currentDocument, documentStore } from '../store/documentStore.ts';

/** Nobody draws in a network of more nodes than this, and a page may not hold it. */
const MAXIMUM_NODES = 20_000;

/** Opens a copy of the network without blocks: every op is a node of its own. Returns why it cannot, or `null`. */
export function expandAll(): string | null {
  const { inferred } = documentStore.getState();
  const error = inferred.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) return `The network has a mistake: ${error.message}`;
  if (inferred.totals.nodes > MAXIMUM_NODES) return `It would have more than ${MAXIMUM_NODES} nodes.`;
  startFrom(expandDocument(currentDocument()));
  return null;
}
