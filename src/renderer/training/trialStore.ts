import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { HostProblem } from '../../contract/contract.ts';
import type { MemoryForecast, TrialKind, TrialProgress, TrialResult } from '../../contract/trials.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';

/** A trial that is shown: what it has said so far, and how it ended. */
export interface ShownTrial {
  readonly id: string;
  readonly kind: TrialKind;
  readonly progress: readonly TrialProgress[];
  readonly result?: TrialResult;
  readonly problem?: HostProblem;
  readonly stopping?: true;
}

export const trialStore = createStore<{ readonly shown: ShownTrial | null }>()(() => ({ shown: null }));

/** The trial that is shown, in a component. */
export function useTrial(): ShownTrial | null {
  return useStore(trialStore, (state) => state.shown);
}

function update(id: string, changes: Partial<ShownTrial>): void {
  const { shown } = trialStore.getState();
  if (shown?.id === id) trialStore.setState({ shown: { ...shown, ...changes } });
}

/** Starts a trial and shows it. */
export async function startTrial(
  connection: ManagedConnection,
  kind: TrialKind,
  document: SkipwireDocument,
): Promise<void> {
  const id = crypto.randomUUID();
  trialStore.setState({ shown: { id, kind, progress: [] } });
  const stopListening = connection.onEvent((message) => {
    if (message.event !== 'trial' || message.payload.trial !== id) return;
    const { shown } = trialStore.getState();
    if (shown?.id === id) update(id, { progress: [...shown.progress, message.payload.progress] });
  });
  try {
    const answer = await connection.call('trial/run', { trial: id, kind, document });
    update(id, answer.ok ? { result: answer.value } : { problem: answer.problem });
  } finally {
    stopListening();
  }
}

/** Ends the trial that is shown, with what is known by then. */
export function stopTrial(connection: ManagedConnection): void {
  const { shown } = trialStore.getState();
  if (shown === null || shown.result !== undefined || shown.problem !== undefined) return;
  update(shown.id, { stopping: true });
  void connection.call('trial/stop', { trial: shown.id });
}

/** Closes what is shown; a trial under way is ended. */
export function closeTrial(connection: ManagedConnection): void {
  stopTrial(connection);
  trialStore.setState({ shown: null });
}

/** What a training of the document would hold, or why that cannot be said. */
export async function askForecast(
  connection: ManagedConnection,
  document: SkipwireDocument,
): Promise<MemoryForecast | undefined> {
  const trial = crypto.randomUUID();
  const answer = await connection.call('trial/run', { trial, kind: 'forecast-memory', document });
  return answer.ok && answer.value.kind === 'forecast-memory' ? answer.value.forecast : undefined;
}
