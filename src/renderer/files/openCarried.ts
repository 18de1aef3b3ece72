import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { takeCarried } from '../connection/chosenHost.ts';
import { openDocument } from '../store/documentStore.ts';

/** Opens the document that came along from another host; no file of this one has it. Call once, after the drafts. */
export function openCarried(): void {
  const text = takeCarried();
  if (text === undefined) return;
  const loaded = loadDocument(text);
  if (loaded.ok && Object.keys(loaded.value.graph.nodes).length > 0) openDocument(loaded.value, null, true);
}
