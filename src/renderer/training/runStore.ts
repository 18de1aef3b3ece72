import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { RunEvent, RunId, RunRecord, RunSummary } from '../../contract/run.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { documentStore, useDocument, type DocumentId, type DocumentTab } from '../store/documentStore.ts';
import { parseAdopted, withoutClosed, withSavedTo, withUnsavedRun, type AdoptedRuns } from './adoptedRuns.ts';
import {
  NO_RUNS,
  activeRun,
  runsOfDocument,
  runToShow,
  withGap,
  withRunEvent,
  withRunList,
  withRunRecord,
  type Runs,
} from './runs.ts';

export const runStore = createStore<Runs>()(() => NO_RUNS);

/** Reads the runs in a component. */
export function useRuns<T>(selector: (runs: Runs) => T): T {
  return useStore(runStore, selector);
}

/** The run of the open document that is under way. */
export function useActiveRun(): RunSummary | undefined {
  const path = useDocument((state) => state.file?.path ?? null);
  const name = useDocument((state) => state.document.name);
  const id = useDocument((state) => state.id);
  return useRuns((runs) => activeRun(runs, path, name, id));
}

/** Milliseconds between two updates of the curves: thirty a second, and hardly any while nobody sees them. */
const TELL_EVERY = 33;
const TELL_HIDDEN_EVERY = 1000;
const STORAGE_KEY = 'skipwire.adopted-runs';

function setAdopted(adopted: AdoptedRuns): void {
  runStore.setState({ adopted });
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(adopted));
  } catch {
    // Without storage the runs are found by name after a reload.
  }
}

function readAdopted(): AdoptedRuns {
  try {
    return parseAdopted(localStorage.getItem(STORAGE_KEY));
  } catch {
    return {};
  }
}

/** Remembers that a run is one of an open document, which has no file yet. */
export function adoptRun(run: RunId, document: DocumentId): void {
  setAdopted(withUnsavedRun(runStore.getState().adopted, run, document));
}

/** Shows a run's curves, reading what is not here yet. */
export async function showRun(connection: ManagedConnection, run: RunId): Promise<void> {
  runStore.setState({ shown: run });
  if (runStore.getState().details[run]?.complete !== true) await readRun(connection, run);
}

/** Reads a run from the host: what came before that was heard, and its document; nothing when it cannot be read. */
export async function readRun(connection: ManagedConnection, run: RunId): Promise<RunRecord | undefined> {
  const answer = await connection.call('run/read', { run });
  if (!answer.ok) return undefined;
  runStore.setState((runs) => withRunRecord(runs, answer.value));
  return answer.value;
}

/** Lists the host's runs anew. */
export async function refreshRuns(connection: ManagedConnection): Promise<void> {
  const answer = await connection.call('run/list', {});
  if (answer.ok) runStore.setState((runs) => withRunList(runs, answer.value.runs));
}

/**
 * Keeps the runs up to date with the host, and shows the run under way (or the last one) of whatever document is open:
 * also after the page was reloaded and after the host was away.
 */
export function followRuns(connection: ManagedConnection): void {
  function showRunOfDocument() {
    const { id, document, file } = documentStore.getState();
    const runs = runStore.getState();
    const ofDocument = runsOfDocument(runs, file?.path ?? null, document.name, id);
    const kept = ofDocument.find((run) => run.id === runs.shown)?.id;
    const run = kept ?? runToShow(ofDocument);
    if (run === null) runStore.setState({ shown: null });
    else void showRun(connection, run);
  }

  // What comes in one go is told in one go.
  let heard: RunEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  function tell() {
    clearTimeout(timer);
    timer = undefined;
    const events = heard;
    heard = [];
    runStore.setState((runs) => events.reduce(withRunEvent, runs));
  }

  async function readAll() {
    runStore.setState(withGap);
    await refreshRuns(connection);
    showRunOfDocument();
  }

  runStore.setState({ adopted: readAdopted() });
  connection.onState((state) => {
    if (state === 'open') void readAll();
  });
  connection.onEvent((message) => {
    if (message.event !== 'run') return;
    heard.push(message.payload);
    // A run that starts or ends is told at once; its numbers may wait.
    const { payload } = message;
    const known = runStore.getState().summaries[payload.run]?.state.status;
    if (payload.kind === 'state' && payload.summary.state.status !== known) tell();
    else timer ??= setTimeout(tell, document.hidden ? TELL_HIDDEN_EVERY : TELL_EVERY);
  });
  documentStore.subscribe((state, before) => {
    if (state.tabs !== before.tabs) followTabs(state.tabs, before.tabs);
    if (state.generation !== before.generation) showRunOfDocument();
  });
  if (connection.state === 'open') void readAll();
}

/** Gives runs to the files their documents were saved to, and forgets those of documents that were closed without one. */
function followTabs(tabs: readonly DocumentTab[], before: readonly DocumentTab[]): void {
  const { adopted } = runStore.getState();
  let next = adopted;
  for (const { id, file } of tabs) {
    const hadFile = before.find((tab) => tab.id === id)?.file ?? null;
    if (hadFile === null && file !== null) next = withSavedTo(next, id, file.path);
  }
  if (tabs.length < before.length)
    next = withoutClosed(
      next,
      tabs.map(({ id }) => id),
    );
  if (next !== adopted) setAdopted(next);
}
