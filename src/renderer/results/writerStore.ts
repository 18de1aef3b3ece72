import { createStore, useStore } from 'zustand';
import type { HostProblem } from '../../contract/contract.ts';
import type { GeneratedText, TextPiece } from '../../contract/examination.ts';
import type { RunId } from '../../contract/run.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';

/** What the user asks of a language model. */
export interface WritingWish {
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
}

/** A text that is being written, or was. */
export interface Writing {
  readonly id: string;
  readonly prompt: string;
  readonly length: number;
  readonly pieces: readonly TextPiece[];
  readonly result?: GeneratedText;
  readonly problem?: HostProblem;
  readonly stopping?: true;
}

interface WriterState {
  readonly wishes: Readonly<Record<RunId, WritingWish>>;
  readonly writings: Readonly<Record<RunId, Writing>>;
}

const writerStore = createStore<WriterState>()(() => ({ wishes: {}, writings: {} }));

const FIRST_WISH: WritingWish = { prompt: '', length: 200, temperature: 0.8, topK: 0, topP: 0.95, seed: 1 };

/** What is asked of a run, and what it has written; both stay while other panes are looked at. */
export function useWriter(run: RunId): { readonly wish: WritingWish; readonly writing: Writing | undefined } {
  const wish = useStore(writerStore, (state) => state.wishes[run] ?? FIRST_WISH);
  const writing = useStore(writerStore, (state) => state.writings[run]);
  return { wish, writing };
}

/** Changes what is asked of a run. */
export function setWish(run: RunId, changes: Partial<WritingWish>): void {
  const { wishes } = writerStore.getState();
  writerStore.setState({ wishes: { ...wishes, [run]: { ...(wishes[run] ?? FIRST_WISH), ...changes } } });
}

/** Whether a text is still being written. */
export function isWriting(writing: Writing | undefined): boolean {
  return writing !== undefined && writing.result === undefined && writing.problem === undefined;
}

/** Lets a run write on from the prompt. */
export async function write(connection: ManagedConnection, run: RunId): Promise<void> {
  const { wishes, writings } = writerStore.getState();
  if (isWriting(writings[run])) return;
  const wish = wishes[run] ?? FIRST_WISH;
  const id = crypto.randomUUID();
  show(run, { id, prompt: wish.prompt, length: wish.length, pieces: [] });
  const stopListening = connection.onEvent((message) => {
    if (message.event !== 'generation' || message.payload.generation !== id) return;
    const current = writerStore.getState().writings[run];
    if (current?.id === id) show(run, { ...current, pieces: [...current.pieces, ...message.payload.pieces] });
  });
  try {
    const answer = await connection.call('run/generate', { generation: id, run, ...wish });
    const current = writerStore.getState().writings[run];
    if (current?.id !== id) return;
    show(
      run,
      answer.ok
        ? { ...current, pieces: answer.value.pieces, result: answer.value }
        : { ...current, problem: answer.problem },
    );
  } finally {
    stopListening();
  }
}

/** Ends what is being written, with what is there. */
export function stopWriting(connection: ManagedConnection, run: RunId): void {
  const writing = writerStore.getState().writings[run];
  if (writing === undefined || !isWriting(writing)) return;
  show(run, { ...writing, stopping: true });
  void connection.call('run/generate-stop', { generation: writing.id });
}

function show(run: RunId, writing: Writing): void {
  writerStore.setState((state) => ({ writings: { ...state.writings, [run]: writing } }));
}
