import type { RunId } from '../../contract/run.ts';
import type { Fix } from '../../graph-engine/core/diagnostic.ts';
import { commandNamed } from '../../graph-engine/document/commands/index.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { dispatch, documentStore } from '../store/documentStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { askToNotify } from './runSignals.ts';
import { adoptRun, refreshRuns, showRun } from './runStore.ts';

/** Commits a field that is being typed in, as leaving it would: shortcuts do not take the focus away. */
export function commitTyping(): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLInputElement) activeElement.blur();
}

/** Starts a run of the document as it is now and shows it; a refusal is told. */
export async function startTraining(connection: ManagedConnection): Promise<void> {
  commitTyping();
  askToNotify();
  const state = documentStore.getState();
  const answer = await connection.call('run/start', {
    document: state.document,
    ...(state.file !== null && { documentPath: state.file.path }),
  });
  if (!answer.ok) {
    const { message, remedy } = answer.problem;
    const description = remedy === undefined ? message : `${message} ${remedy}`;
    showToast({ tone: 'danger', title: 'Training did not start', description });
    return;
  }
  if (state.file === null) adoptRun(answer.value.run, state.id);
  await showRun(connection, answer.value.run);
  await refreshRuns(connection);
}

/** Asks a run to stop; its best weights are kept. */
export async function stopTraining(connection: ManagedConnection, run: RunId): Promise<void> {
  const answer = await connection.call('run/stop', { run });
  if (!answer.ok) showToast({ tone: 'danger', title: 'The run did not stop', description: answer.problem.message });
}

/** Runs the command that mends a diagnostic. */
export function applyFix(fix: Fix): void {
  dispatch(commandNamed(fix.command), fix.arguments);
}
