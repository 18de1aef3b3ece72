import type { RunId } from '../../contract/run.ts';
import { setTraining } from '../../graph-engine/document/commands/editDocument.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { dispatch, documentStore } from '../store/documentStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { adoptRun, refreshRuns, showRun } from './runStore.ts';
import { startTraining } from './trainActions.ts';

/**
 * Changes settings of the open document, which undo takes back, and goes on with them from the last good checkpoint of a
 * run; one that broke before it had any starts anew.
 */
export async function continueWith(
  connection: ManagedConnection,
  run: RunId,
  changes: Partial<TrainingSettings>,
): Promise<void> {
  dispatch(setTraining, { changes });
  const { id, document, file } = documentStore.getState();
  const answer = await connection.call('run/continue', {
    run,
    document,
    ...(file !== null && { documentPath: file.path }),
  });
  if (!answer.ok && answer.problem.code === 'run/no-checkpoint') {
    await startTraining(connection);
    return;
  }
  if (!answer.ok) {
    const { message, remedy } = answer.problem;
    const description = remedy === undefined ? message : `${message} ${remedy}`;
    showToast({ tone: 'danger', title: 'Training did not go on', description });
    return;
  }
  if (file === null) adoptRun(answer.value.run, id);
  await showRun(connection, answer.value.run);
  await refreshRuns(connection);
}
