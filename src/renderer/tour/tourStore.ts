import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import { documentStore, newDocument, showDocument } from '../store/documentStore.ts';
import { keep, readKept } from '../store/kept.ts';
import { uiStore } from '../store/uiStore.ts';
import { activeRun } from '../training/runs.ts';
import { runStore } from '../training/runStore.ts';
import { currentStep, skipOf, tourSteps } from './tourSteps.ts';

const STORAGE_KEY = 'skipwire.tour';

/** `new` until it was taken or declined: only then is it offered unasked. */
const Tour = z.object({
  status: z.enum(['new', 'running', 'skipped', 'finished']),
  /** The document it draws in. */
  document: z.string().nullable(),
  looked: z.boolean(),
  trained: z.boolean(),
});
export type Tour = z.infer<typeof Tour>;

const NEW: Tour = { status: 'new', document: null, looked: false, trained: false };

function read(): Tour {
  try {
    const parsed = Tour.safeParse(JSON.parse(readKept(STORAGE_KEY) ?? 'null'));
    return parsed.success ? parsed.data : NEW;
  } catch {
    return NEW;
  }
}

export const tourStore = createStore<Tour>()(() => NEW);

/** Reads the tour in a component. */
export function useTour<T>(selector: (tour: Tour) => T): T {
  return useStore(tourStore, selector);
}

function set(tour: Partial<Tour>): void {
  tourStore.setState(tour);
  keep(STORAGE_KEY, JSON.stringify(tourStore.getState()));
}

function isOpen(id: string | null): id is string {
  return documentStore.getState().tabs.some((tab) => tab.id === id);
}

/** Whether a tour that was left can go on where it was. */
export function canResume({ status, document }: Tour): boolean {
  return status === 'skipped' && isOpen(document);
}

/** Begins the tour on an empty canvas. */
export function startTour(): void {
  const { document } = documentStore.getState();
  if (nodesOf(document.graph).length > 0) newDocument();
  set({ status: 'running', document: documentStore.getState().id, looked: false, trained: false });
}

/** Goes on with a tour that was left, in its document. */
export function resumeTour(): void {
  const { document } = tourStore.getState();
  if (!isOpen(document)) {
    startTour();
    return;
  }
  set({ status: 'running' });
  showDocument(document);
}

/** Leaves the tour; it is not offered unasked any more. */
export function skipTour(): void {
  set({ status: 'skipped' });
}

/** Ends the tour that came to its end. */
export function finishTour(): void {
  set({ status: 'finished' });
}

/** Brings back where the tour was, and watches what the user does; once, before the editor is drawn. */
export function startGuide(): void {
  tourStore.setState(read());
  if (tourStore.getState().status === 'running' && !isOpen(tourStore.getState().document)) set({ status: 'skipped' });

  // What cannot be read from the drawing: that the sum was looked at when its turn came, and that a run was begun.
  uiStore.subscribe((state, before) => {
    const tour = tourStore.getState();
    const { id, document } = documentStore.getState();
    if (tour.status !== 'running' || tour.looked || id !== tour.document) return;
    if (state.selection === before.selection && state.selectedWires === before.selectedWires) return;
    const skip = skipOf(document.graph);
    const step = tourSteps[currentStep({ graph: document.graph, ...tour })];
    if (skip === undefined || step?.id !== 'shapes') return;
    const looks = (state.selection.size === 1 && state.selection.has(skip.sum)) || state.selectedWires.has(skip.wire);
    if (looks) set({ looked: true });
  });
  runStore.subscribe((runs) => {
    const tour = tourStore.getState();
    const { id, document, file } = documentStore.getState();
    if (tour.status !== 'running' || tour.trained || id !== tour.document) return;
    if (activeRun(runs, file?.path ?? null, document.name, id) !== undefined) set({ trained: true });
  });
  documentStore.subscribe(() => {
    const { status, document } = tourStore.getState();
    if (status === 'running' && !isOpen(document)) skipTour();
  });
}
