import { createStore, useStore } from 'zustand';
import type { HostProblem } from '../../contract/contract.ts';
import type { Evaluation, EvaluationProgress, SetPart } from '../../contract/evaluation.ts';
import type { RunId } from '../../contract/run.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';

/** Which samples of a confusion matrix are shown: those of one class that were taken for another. */
export interface Cell {
  readonly truth: number;
  readonly predicted: number;
}

export type Evaluated =
  | { readonly status: 'working'; readonly progress?: EvaluationProgress }
  | { readonly status: 'failed'; readonly problem: HostProblem }
  | { readonly status: 'ready'; readonly evaluation: Evaluation };

interface ResultsState {
  /** What the host answered, by run, part and how far the run was. */
  readonly answers: Readonly<Record<string, Evaluated>>;
}

export const resultsStore = createStore<ResultsState>()(() => ({ answers: {} }));

/** Answers that are kept; each has a few numbers for every sample. */
const KEPT = 6;

/** Where the answer about a run is kept; `step` tells a run that has trained on since. */
export function answerKey(run: RunId, part: SetPart, step: number): string {
  return `${run} ${part} ${step}`;
}

/** What is known of an answer; `undefined` before it was asked for. */
export function useAnswer(key: string): Evaluated | undefined {
  return useStore(resultsStore, (state) => state.answers[key]);
}

/** Asks the host to evaluate a part of a run's data; the answer is kept under `key`. */
export async function evaluate(connection: ManagedConnection, run: RunId, part: SetPart, key: string): Promise<void> {
  if (resultsStore.getState().answers[key]?.status === 'working') return;
  keep(key, { status: 'working' });
  const stopListening = connection.onEvent((message) => {
    if (message.event !== 'evaluation') return;
    const { payload } = message;
    if (payload.run === run && payload.part === part) keep(key, { status: 'working', progress: payload });
  });
  try {
    const answer = await connection.call('run/evaluate', { run, part });
    keep(
      key,
      answer.ok ? { status: 'ready', evaluation: answer.value } : { status: 'failed', problem: answer.problem },
    );
  } finally {
    stopListening();
  }
}

function keep(key: string, answer: Evaluated): void {
  const { answers } = resultsStore.getState();
  const others = Object.entries(answers).filter(([other]) => other !== key);
  resultsStore.setState({ answers: Object.fromEntries([...others.slice(-(KEPT - 1)), [key, answer]]) });
}
