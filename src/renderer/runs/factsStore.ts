import { useCallback, useEffect, useMemo } from 'react';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { RunId, RunSummary } from '../../contract/run.ts';
import type { ArchiveEvent, RunFacts } from '../../contract/runArchive.ts';
import type { RunRow } from '../../contract/runTable.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { isActive } from '../training/runs.ts';
import { runStore, useRuns } from '../training/runStore.ts';
import { forgetRun } from './runsView.ts';

/** What the host has told of runs beside their summaries. */
type Facts = Readonly<Record<RunId, RunFacts>>;

export const factsStore = createStore<{ readonly facts: Facts }>()(() => ({ facts: {} }));

/** Every run the host knows, with what is known of it. */
export function useRunRows(): readonly RunRow[] {
  const summaries = useRuns((runs) => runs.summaries);
  const facts = useStore(factsStore, (state) => state.facts);
  return useMemo(
    () => Object.values(summaries).map((summary): RunRow => ({ summary, facts: facts[summary.id] })),
    [summaries, facts],
  );
}

/** What the user calls a run, else the name of its folder. */
export function useRunNames(): (run: RunId) => string {
  const facts = useStore(factsStore, (state) => state.facts);
  return useCallback((run) => facts[run]?.remarks.title ?? run, [facts]);
}

/** Which runs there is something new to be told of: unknown ones, and those that have begun on a device meanwhile. */
function runsToAskFor(rows: readonly RunRow[]): readonly RunId[] {
  return rows
    .filter(({ summary: { state }, facts }) => {
      if (facts === undefined) return true;
      const hasBegun = state.status !== 'queued' && state.status !== 'compiling';
      return facts.engine === undefined && hasBegun && !askedAgain.has(facts.run);
    })
    .map(({ summary }) => summary.id);
}

/** Runs of which nobody has written down a device: they are asked for once more, and not again. */
const askedAgain = new Set<RunId>();
/** Runs in one question, at most. */
const AT_ONCE = 1000;

/** Reads what is not known yet of these runs. */
async function readFacts(connection: ManagedConnection, runs: readonly RunId[]): Promise<void> {
  for (let at = 0; at < runs.length; at += AT_ONCE) {
    const some = runs.slice(at, at + AT_ONCE);
    const known = factsStore.getState().facts;
    for (const run of some) if (known[run] !== undefined) askedAgain.add(run);
    const answer = await connection.call('run/facts', { runs: some });
    if (!answer.ok) return;
    const fresh = Object.fromEntries(answer.value.facts.map((one) => [one.run, one]));
    factsStore.setState(({ facts }) => ({ facts: { ...facts, ...fresh } }));
  }
}

/** Reads what is not known yet of runs that are shown, such as how they are called. */
export function useReadFacts(connection: ManagedConnection, runs: readonly RunSummary[]): void {
  const facts = useStore(factsStore, (state) => state.facts);
  const asked = runsToAskFor(runs.map((summary): RunRow => ({ summary, facts: facts[summary.id] }))).join('\n');
  useEffect(() => {
    if (asked !== '') void readFacts(connection, asked.split('\n'));
  }, [connection, asked]);
}

/** Keeps what is written on runs up to date, whoever writes it, and takes deleted runs out of every list. */
export function followArchive(connection: ManagedConnection): void {
  connection.onState((state) => {
    if (state !== 'open') return;
    askedAgain.clear();
    factsStore.setState({ facts: {} });
  });
  connection.onEvent((message) => {
    if (message.event === 'archive') hear(message.payload);
    // What a run takes on the disk is known when it is over.
    if (message.event !== 'run' || message.payload.kind !== 'state') return;
    const { run, summary } = message.payload;
    if (!isActive(summary.state) && factsStore.getState().facts[run] !== undefined) void readFacts(connection, [run]);
  });
}

function hear(event: ArchiveEvent): void {
  switch (event.kind) {
    case 'remarked':
      factsStore.setState(({ facts }) => {
        const before = facts[event.run];
        return before === undefined ? {} : { facts: { ...facts, [event.run]: { ...before, remarks: event.remarks } } };
      });
      break;
    case 'deleted':
      runStore.setState(({ summaries, details, shown }) => ({
        summaries: without(summaries, event.run),
        details: without(details, event.run),
        shown: shown === event.run ? null : shown,
      }));
      factsStore.setState(({ facts }) => ({ facts: without(facts, event.run) }));
      forgetRun(event.run);
      break;
    case 'sweep-deleted':
      // Its pane hears of it.
      break;
    case 'restored':
      runStore.setState(({ summaries }) => ({ summaries: { ...summaries, [event.summary.id]: event.summary } }));
      break;
  }
}

function without<Value>(all: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== key));
}
