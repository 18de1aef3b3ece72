import type { Answer } from '../../contract/contract.ts';
import type { EngineId } from '../../contract/engines.ts';
import type { RunId } from '../../contract/run.ts';
import type { CheckpointDescription } from '../../contract/runControl.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { documentStore } from '../store/documentStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { adoptRun, refreshRuns, showRun } from './runStore.ts';
import { commitTyping } from './trainActions.ts';

/** Asks a run to save where it stands and rest. */
export async function pauseRun(connection: ManagedConnection, run: RunId): Promise<void> {
  tell('The run was not paused', await connection.call('run/pause', { run }));
}

/** Lets a run go on from what it saved last, on the engine that it had or on another. */
export async function resumeRun(connection: ManagedConnection, run: RunId, engine?: EngineId): Promise<void> {
  const answer = await connection.call('run/resume', { run, ...(engine !== undefined && { engine }) });
  tell('The run was not resumed', answer);
}

/** Gives a waiting run another place. */
export async function moveRun(connection: ManagedConnection, run: RunId, place: number): Promise<void> {
  tell('The run was not moved', await connection.call('run/move', { run, place }));
}

/** The checkpoints a run can be continued from; a refusal is told, and there are none. */
export async function readCheckpoints(
  connection: ManagedConnection,
  run: RunId,
): Promise<readonly CheckpointDescription[]> {
  const answer = await connection.call('run/checkpoints', { run });
  tell('The checkpoints cannot be read', answer);
  return answer.ok ? answer.value.checkpoints : [];
}

/** Starts a run of the open document, with its settings as they are now, from a checkpoint of another run, and shows it. */
export async function continueRun(connection: ManagedConnection, run: RunId, checkpoint: string): Promise<void> {
  commitTyping();
  const { document, file, id } = documentStore.getState();
  const answer = await connection.call('run/continue', {
    run,
    checkpoint,
    document,
    ...(file !== null && { documentPath: file.path }),
  });
  tell('The run was not continued', answer);
  if (!answer.ok) return;
  if (file === null) adoptRun(answer.value.run, id);
  await showRun(connection, answer.value.run);
  await refreshRuns(connection);
}

function tell(title: string, answer: Answer<unknown>): void {
  if (answer.ok) return;
  const { message, remedy } = answer.problem;
  showToast({ tone: 'danger', title, description: remedy === undefined ? message : `${message} ${remedy}` });
}
