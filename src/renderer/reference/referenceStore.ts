import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { pageKey, type PageRef } from '../../graph-engine/reference/referencePage.ts';

export interface ReferenceState {
  readonly open: boolean;
  readonly page: PageRef;
  /** Pages looked at before, the last one last. */
  readonly past: readonly PageRef[];
}

/** What is shown when nobody asked for anything particular. */
const FIRST: PageRef = { kind: 'op', id: 'conv2d' };

export const referenceStore = createStore<ReferenceState>()(() => ({ open: false, page: FIRST, past: [] }));

/** Reads the state of the reference in a component. */
export function useReference<T>(selector: (state: ReferenceState) => T): T {
  return useStore(referenceStore, selector);
}

/** Opens the reference, at a page or where it was last. */
export function openReference(page: PageRef | null = null): void {
  referenceStore.setState((state) => ({ open: true, page: page ?? state.page, past: [] }));
}

/** Goes to another page of the open reference. */
export function turnTo(page: PageRef): void {
  referenceStore.setState((state) =>
    pageKey(page) === pageKey(state.page) ? {} : { page, past: [...state.past, state.page] },
  );
}

/** Shows a page in passing, as a search or an arrow key does: nothing one would go back to. */
export function glanceAt(page: PageRef): void {
  referenceStore.setState({ page });
}

/** Goes back to the page before. */
export function turnBack(): void {
  referenceStore.setState(({ past }) => {
    const page = past.at(-1);
    return page === undefined ? {} : { page, past: past.slice(0, -1) };
  });
}

/** Closes the reference; it opens again where it was. */
export function closeReference(): void {
  referenceStore.setState({ open: false });
}
