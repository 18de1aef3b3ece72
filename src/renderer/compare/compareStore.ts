import { useMemo } from 'react';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { diffDocuments } from '../../graph-engine/diff/diffDocuments.ts';
import type { DocumentDiff, GraphDiff } from '../../graph-engine/diff/documentDiff.ts';
import type { Scope } from '../../graph-engine/document/graphs.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { showPane } from '../panes/paneStore.ts';
import { documentStore, useDocument, type DocumentId } from '../store/documentStore.ts';

/** What an open document is compared with: another open one as it is at any moment, or one that was read for it. */
export interface ComparedWith {
  /** The open document that is compared. */
  readonly of: DocumentId;
  readonly label: string;
  readonly other:
    { readonly kind: 'tab'; readonly id: DocumentId } | { readonly kind: 'fixed'; readonly document: SkipwireDocument };
}

export const compareStore = createStore<{ readonly compared: ComparedWith | null }>()(() => ({ compared: null }));

/** Marks on the canvas what the shown document has more, less and other than an earlier one, and lists it. */
export function compareWith(label: string, other: ComparedWith['other']): void {
  compareStore.setState({ compared: { of: documentStore.getState().id, label, other } });
  showPane('differences');
}

/** Takes the marks off. */
export function stopComparing(): void {
  compareStore.setState({ compared: null });
}

/** A comparison of the shown document. */
export interface Comparison {
  readonly label: string;
  readonly before: SkipwireDocument;
  readonly diff: DocumentDiff;
}

/** The comparison of the shown document, kept up to date with every edit of both; `null` when there is none. */
export function useComparison(): Comparison | null {
  const compared = useStore(compareStore, (state) => state.compared);
  const id = useDocument((state) => state.id);
  const after = useDocument((state) => state.document);
  const other = compared?.of === id ? compared.other : undefined;
  const tab = useDocument((state) =>
    other?.kind === 'tab' ? state.tabs.find((one) => one.id === other.id)?.document : undefined,
  );
  const before = other?.kind === 'fixed' ? other.document : tab;
  const label = compared?.label ?? '';
  return useMemo(
    () => (before === undefined ? null : { label, before, diff: diffDocuments(before, after) }),
    [label, before, after],
  );
}

/** What differs in one graph of the shown document. */
export function diffOfScope(comparison: Comparison | null, scope: Scope): GraphDiff | undefined {
  return comparison?.diff.graphs.find((graph) => graph.scope === scope);
}
