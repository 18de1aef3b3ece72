import { createStore } from 'zustand/vanilla';
import { documentStore, showDocument, type DocumentId } from './documentStore.ts';

/** The document that is shown beside the one that is edited. */
export interface Beside {
  readonly id: DocumentId;
  readonly side: 'left' | 'right';
}

export const besideStore = createStore<{ readonly beside: Beside | null }>()(() => ({ beside: null }));

/** Shows a document beside the one that is edited; `null` gives the room back. */
export function showBeside(id: DocumentId | null): void {
  besideStore.setState({ beside: id === null ? null : { id, side: 'right' } });
}

/** Edits the document that is shown beside; both stay where they are on the screen. */
export function editBeside(): void {
  const { beside } = besideStore.getState();
  if (beside === null) return;
  besideStore.setState({
    beside: { id: documentStore.getState().id, side: beside.side === 'left' ? 'right' : 'left' },
  });
  showDocument(beside.id);
}

documentStore.subscribe((state, before) => {
  const { beside } = besideStore.getState();
  if (beside === null) return;
  if (!state.tabs.some(({ id }) => id === beside.id)) besideStore.setState({ beside: null });
  // The tab of the document beside was pressed: the two change their roles, not their places.
  else if (state.id === beside.id && before.id !== state.id)
    besideStore.setState({ beside: { id: before.id, side: beside.side === 'left' ? 'right' : 'left' } });
});
