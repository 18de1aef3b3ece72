import { BookOpen } from 'lucide-react';
import { useMemo } from 'react';
import { pageEntries } from '../../graph-engine/reference/pageEntries.ts';
import { pageKey, type PageRef } from '../../graph-engine/reference/referencePage.ts';
import type { AppCommand } from '../app/appCommands.tsx';
import { useDocument } from '../store/documentStore.ts';
import { shownScope } from '../store/scope.ts';
import { uiStore } from '../store/uiStore.ts';
import { pageOfNode, referenceLibrary } from './referenceLibrary.ts';
import { openReference } from './referenceStore.ts';

/** Marks an element that is about something in the reference: `data-reference="op/conv2d"`. */
export const REFERENCE_ATTRIBUTE = 'data-reference';

function pageAt(element: Element | null): PageRef | null {
  const [kind, id] = element?.closest(`[${REFERENCE_ATTRIBUTE}]`)?.getAttribute(REFERENCE_ATTRIBUTE)?.split('/') ?? [];
  if (id === undefined || (kind !== 'op' && kind !== 'block' && kind !== 'network')) return null;
  return { kind, id };
}

/** Opens the page about what has the focus, or about the selected node; otherwise the reference where it was last. */
export function openReferenceHere(): void {
  const [selected] = uiStore.getState().selection;
  const node = selected === undefined ? undefined : shownScope().graph.nodes[selected];
  openReference(pageAt(document.activeElement) ?? (node === undefined ? null : pageOfNode(node)));
}

/** A command for each page, for the command palette. */
export function useReferenceCommands(): readonly AppCommand[] {
  const document = useDocument((state) => state.document);
  return useMemo(
    () =>
      pageEntries(referenceLibrary(document)).map((entry): AppCommand => ({
        id: `reference:${pageKey(entry)}`,
        label: `Reference: ${entry.title}`,
        icon: <BookOpen size={15} aria-hidden />,
        enabled: true,
        whenAsked: true,
        run: () => openReference({ kind: entry.kind, id: entry.id }),
      })),
    [document],
  );
}
