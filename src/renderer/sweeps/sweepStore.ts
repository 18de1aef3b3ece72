import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { SweepId, SweepSummary } from '../../contract/sweeps.ts';
import type { SweepPlan } from '../../graph-engine/training/sweep/sweepPlan.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import type { DocumentId } from '../store/documentStore.ts';
import { tellOutside } from '../training/runSignals.ts';
import { describeSweep, isSweepGoingOn } from './describeSweep.ts';
import { EMPTY_PLAN } from './sweepDraft.ts';

interface SweepsState {
  readonly sweeps: Readonly<Record<SweepId, SweepSummary>>;
  /** The sweep that is shown of each document; `null` for the plan of the next one. */
  readonly shown: Readonly<Record<DocumentId, SweepId | null>>;
  /** The plan of the next sweep of each document. */
  readonly drafts: Readonly<Record<DocumentId, SweepPlan>>;
}

export const sweepStore = createStore<SweepsState>()(() => ({ sweeps: {}, shown: {}, drafts: {} }));

/** Reads the sweeps in a component. */
export function useSweeps<T>(selector: (state: SweepsState) => T): T {
  return useStore(sweepStore, selector);
}

/** The plan of the next sweep of a document, as far as it is made. */
export function useDraft(document: DocumentId): SweepPlan {
  return useSweeps(({ drafts }) => drafts[document] ?? EMPTY_PLAN);
}

/** Changes the plan of the next sweep of a document. */
export function changeDraft(document: DocumentId, changes: Partial<SweepPlan>): void {
  sweepStore.setState(({ drafts }) => ({
    drafts: { ...drafts, [document]: { ...(drafts[document] ?? EMPTY_PLAN), ...changes } },
  }));
}

/** Shows a sweep of a document, or with `null` the plan of the next one. */
export function showSweep(document: DocumentId, sweep: SweepId | null): void {
  sweepStore.setState(({ shown }) => ({ shown: { ...shown, [document]: sweep } }));
}

function forgetSweep(deleted: SweepId): void {
  sweepStore.setState(({ sweeps, shown }) => ({
    sweeps: Object.fromEntries(Object.entries(sweeps).filter(([id]) => id !== deleted)),
    shown: Object.fromEntries(Object.entries(shown).filter(([, id]) => id !== deleted)),
  }));
}

/** Lists the host's sweeps anew. */
export async function refreshSweeps(connection: ManagedConnection): Promise<void> {
  const answer = await connection.call('sweep/list', {});
  if (!answer.ok) return;
  sweepStore.setState({ sweeps: Object.fromEntries(answer.value.sweeps.map((sweep) => [sweep.id, sweep])) });
}

/** Keeps the sweeps up to date with the host for as long as the page lives. */
export function followSweeps(connection: ManagedConnection): void {
  connection.onState((state) => {
    if (state === 'open') void refreshSweeps(connection);
  });
  connection.onEvent((message) => {
    if (message.event === 'archive' && message.payload.kind === 'sweep-deleted') forgetSweep(message.payload.sweep);
    if (message.event !== 'sweep') return;
    const { payload } = message;
    const before = sweepStore.getState().sweeps[payload.id];
    sweepStore.setState(({ sweeps }) => ({ sweeps: { ...sweeps, [payload.id]: payload } }));
    const { status } = payload.state;
    const ended = before !== undefined && isSweepGoingOn(before.state) && !isSweepGoingOn(payload.state);
    // What the user has stopped or let rest needs no telling.
    if (ended && status !== 'paused' && status !== 'stopped') {
      const { label, detail } = describeSweep(payload);
      tellOutside({ title: `Sweep of ${payload.name}: ${label.toLowerCase()}`, body: detail });
    }
  });
  if (connection.state === 'open') void refreshSweeps(connection);
}

/** Sweeps of a document, newest first: of its file, or while it has none those of its name. */
export function sweepsOfDocument(
  sweeps: Readonly<Record<SweepId, SweepSummary>>,
  path: string | null,
  name: string,
): readonly SweepSummary[] {
  return Object.values(sweeps)
    .filter((sweep) =>
      sweep.documentPath === undefined || path === null ? sweep.name === name : sweep.documentPath === path,
    )
    .toSorted((a, b) => b.started - a.started);
}
