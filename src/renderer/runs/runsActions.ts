import type { HostProblem } from '../../contract/contract.ts';
import type { RunId, RunRecord } from '../../contract/run.ts';
import type { RunRemarks } from '../../contract/runArchive.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { compareWith } from '../compare/compareStore.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { showPane } from '../panes/paneStore.ts';
import { documentStore, openDocument, showDocument } from '../store/documentStore.ts';
import { readRun, showRun } from '../training/runStore.ts';
import { showToast } from '../ui/Toast.tsx';

/** Writes tags or a note on a run. */
export async function remark(connection: ManagedConnection, run: RunId, change: Partial<RunRemarks>): Promise<void> {
  const answer = await connection.call('run/remark', { run, ...change });
  if (!answer.ok) tell('Not written on the run', answer.problem);
}

/** Moves runs to the trash; a message offers to take that back. */
export async function deleteRuns(connection: ManagedConnection, runs: readonly RunId[]): Promise<void> {
  const entries: string[] = [];
  for (const run of runs) {
    const answer = await connection.call('run/delete', { run });
    if (answer.ok) entries.push(answer.value.entry);
    else tell('The run was not deleted', answer.problem);
  }
  const [only] = runs;
  if (entries.length === 0 || only === undefined) return;
  showToast({
    title:
      entries.length === 1
        ? `Moved ${entries.length === runs.length ? only : 'a run'} to the trash`
        : `Moved ${entries.length} runs to the trash`,
    action: { label: 'Undo', onSelect: () => void restoreRuns(connection, entries) },
    timeout: 12_000,
  });
}

/** Brings runs back from the trash. */
export async function restoreRuns(connection: ManagedConnection, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    const answer = await connection.call('run/restore', { entry });
    if (!answer.ok) tell('The run was not brought back', answer.problem);
  }
}

/** Reads a run, or says why it cannot. */
async function readOrTell(connection: ManagedConnection, run: RunId): Promise<RunRecord | undefined> {
  const record = await readRun(connection, run);
  if (record === undefined) {
    showToast({ tone: 'danger', title: 'The run cannot be read', description: `Its folder is runs/${run}.` });
  }
  return record;
}

/** Shows a document as it was trained: in the tab that has it already, else in one of its own. */
function showTrained(document: SkipwireDocument): void {
  const text = serializeDocument(document);
  const open = documentStore.getState().tabs.find((tab) => serializeDocument(tab.document) === text);
  if (open === undefined) openDocument(document, null);
  else showDocument(open.id);
}

/** Opens the document that a run trained. */
export async function openDocumentOf(connection: ManagedConnection, run: RunId): Promise<void> {
  const record = await readOrTell(connection, run);
  if (record !== undefined) showTrained(record.document);
}

/** Opens the document that a run trained with the run beside it, from whose checkpoints another can be begun. */
export async function goOnFrom(connection: ManagedConnection, run: RunId): Promise<void> {
  const record = await readOrTell(connection, run);
  if (record === undefined) return;
  showTrained(record.document);
  await showRun(connection, run);
  showPane('training');
}

/** Shows the later network on the canvas, with marks where it differs from the earlier one. */
export async function markOnCanvas(connection: ManagedConnection, earlier: RunId, later: RunId): Promise<void> {
  const [before, after] = await Promise.all([readOrTell(connection, earlier), readOrTell(connection, later)]);
  if (before === undefined || after === undefined) return;
  showTrained(after.document);
  compareWith(earlier, { kind: 'fixed', document: before.document });
}

function tell(title: string, { message, remedy }: HostProblem): void {
  showToast({ tone: 'danger', title, description: remedy === undefined ? message : `${message} ${remedy}` });
}
