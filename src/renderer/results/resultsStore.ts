import { createStore, useStore } from 'zustand';
import type { ClassifiedOutput } from '../../contract/evaluation.ts';
import type { HostProblem } from '../../contract/contract.ts';
import type { RunId } from '../../contract/run.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';

export type Part = 'validation' | 'train' | 'test';

/** Which samples of the confusion matrix are shown: those of one class that were taken for another. */
export interface Cell {
  readonly truth: number;
  readonly predicted: number;
}

export type Classified =
  | { readonly status: 'working' }
  | { readonly status: 'failed'; readonly problem: HostProblem }
  | { readonly status: 'ready'; readonly outputs: readonly ClassifiedOutput[] };

interface ResultsState {
  /** What the host answered, by run, part and how far the run was. */
  readonly answers: Readonly<Record<string, Classified>>;
}

export const resultsStore = createStore<ResultsState>()(() => ({ answers: {} }));

/** Answers that are kept; each has a few numbers for every sample. */
const KEPT = 6;

/** Where the answer about a run is kept; `step` tells a run that has trained on since. */
export function answerKey(run: RunId, part: Part, step: number): string {
  return `${run} ${part} ${step}`;
}

/** What is known of an answer; `undefined` before it was asked for. */
export function useAnswer(key: string): Classified | undefined {
  return useStore(resultsStore, (state) => state.answers[key]);
}

/** Asks the host to classify a part of a run's data; the answer is kept under `key`. */
export async function classify(connection: ManagedConnection, run: RunId, part: Part, key: string): Promise<void> {
  if (resultsStore.getState().answers[key]?.status === 'working') return;
  keep(key, { status: 'working' });
  const answer = await connection.call('run/classify', { run, part });
  keep(
    key,
    answer.ok ? { status: 'ready', outputs: answer.value.outputs } : { status: 'failed', problem: answer.problem },
  );
}

function keep(key: string, answer: Classified): void {
  const { answers } = resultsStore.getState();
  const others = Object.entries(answers).filter(([other]) => other !== key);
  resultsStore.setState({ answers: Object.fromEntries([...others.slice(-(KEPT - 1)), [key, answer]]) });
}
