import type { Answer } from '../../contract/contract.ts';
import type { SweepAttempt, SweepId, SweepSummary } from '../../contract/sweeps.ts';
import { applyValues } from '../../graph-engine/document/commands/applyValues.ts';
import { assignValues } from '../../graph-engine/training/sweep/assignValues.ts';
import { ranked } from '../../graph-engine/training/sweep/rankTrials.ts';
import type { SweepPlan } from '../../graph-engine/training/sweep/sweepPlan.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { showPane } from '../panes/paneStore.ts';
import { restoreRuns } from '../runs/runsActions.ts';
import { chooseRuns, runsView } from '../runs/runsView.ts';
import { dispatch, documentStore, undo } from '../store/documentStore.ts';
import { askToNotify } from '../training/runSignals.ts';
import { refreshRuns, showRun } from '../training/runStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { refreshSweeps, showSweep } from './sweepStore.ts';

/** Starts a sweep of the document as it is now and shows it; a refusal is told. */
export async function startSweep(connection: ManagedConnection, plan: SweepPlan): Promise<void> {
  askToNotify();
  const { document, file, id } = documentStore.getState();
  const answer = await connection.call('sweep/start', {
    document,
    plan,
    ...(file !== null && { documentPath: file.path }),
  });
  tell('The sweep did not start', answer);
  if (!answer.ok) return;
  await refreshSweeps(connection);
  showSweep(id, answer.value.sweep);
}

/** Lets the run at work save and rest. */
export async function pauseSweep(connection: ManagedConnection, sweep: SweepId): Promise<void> {
  tell('The sweep was not paused', await connection.call('sweep/pause', { sweep }));
}

/** Lets a sweep go on where it stood. */
export async function resumeSweep(connection: ManagedConnection, sweep: SweepId): Promise<void> {
  tell('The sweep was not resumed', await connection.call('sweep/resume', { sweep }));
}

/** Ends a sweep; what was trained is kept. */
export async function stopSweep(connection: ManagedConnection, sweep: SweepId): Promise<void> {
  tell('The sweep was not stopped', await connection.call('sweep/stop', { sweep }));
}

/** Gives a sweep a title; an empty one takes it away. */
export async function titleSweep(connection: ManagedConnection, sweep: SweepId, title: string): Promise<void> {
  tell('The sweep was not renamed', await connection.call('sweep/title', { sweep, title }));
}

/** Moves a sweep to the trash, and with `runs` its runs; a message offers to take that back. */
export async function deleteSweep(connection: ManagedConnection, sweep: SweepId, runs: boolean): Promise<void> {
  const answer = await connection.call('sweep/delete', { sweep, runs });
  tell('The sweep was not deleted', answer);
  if (!answer.ok) return;
  const { entry, runs: entries } = answer.value;
  const along = entries.length === 0 ? '' : ` with ${entries.length} ${entries.length === 1 ? 'run' : 'runs'}`;
  showToast({
    title: `Moved the sweep to the trash${along}`,
    action: {
      label: 'Undo',
      onSelect: () => void restoreRuns(connection, entries).then(() => restoreSweep(connection, entry)),
    },
    timeout: 12_000,
  });
}

/** Brings a sweep back from the trash. */
export async function restoreSweep(connection: ManagedConnection, entry: string): Promise<void> {
  tell('The sweep was not brought back', await connection.call('sweep/restore', { entry }));
}

/** Shows the run of a trial with its curves. */
export async function showTrialRun(connection: ManagedConnection, { run }: SweepAttempt): Promise<void> {
  showPane('training');
  await refreshRuns(connection);
  await showRun(connection, run);
}

/** More curves than these cannot be told apart. */
const MOST_COMPARED = 8;

/** Lists the runs of a sweep among all runs, and lays the curves of the best of these trials over each other. */
export function compareTrials({ id, plan }: SweepSummary, attempts: readonly SweepAttempt[]): void {
  const best = ranked(attempts, plan.goal).slice(0, MOST_COMPARED);
  runsView.setState({ words: id });
  chooseRuns(best.map(({ run }) => run));
  showPane('runs');
}

/** Gives the drawing the values of a trial, as one step that can be undone. */
export function applyTrial({ plan }: SweepSummary, { point, trial }: SweepAttempt): void {
  const assignments = plan.axes.flatMap(({ paths }, axis) => {
    const value = point[axis];
    return value === undefined ? [] : paths.map((path) => ({ path, value }));
  });
  const assigned = assignValues(documentStore.getState().document, assignments);
  if (!assigned.ok) {
    const description = `${assigned.problem.message} The drawing has changed since the sweep began.`;
    showToast({ tone: 'danger', title: 'The settings were not applied', description });
    return;
  }
  dispatch(applyValues, { assignments });
  showToast({ title: `The drawing has the settings of trial ${trial + 1}`, action: { label: 'Undo', onSelect: undo } });
}

function tell(title: string, answer: Answer<unknown>): void {
  if (answer.ok) return;
  const { message, expected, remedy } = answer.problem;
  const words = [message, expected === undefined ? '' : `Expected ${expected}.`, remedy ?? ''];
  showToast({ tone: 'danger', title, description: words.filter((word) => word !== '').join(' ') });
}
