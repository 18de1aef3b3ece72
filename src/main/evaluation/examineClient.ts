import os from 'node:os';
import type { FilePrediction, GeneratedText, GenerationOptions, TextPiece } from '../../contract/examination.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { startEngineChild, type EngineChild } from '../training/engineChild.ts';
import type { ExamineOutcome, ExamineTarget, ExamineTask } from './examineMessages.ts';

type Order<Kind extends ExamineTask['kind']> = Omit<Extract<ExamineTask, { kind: Kind }>, 'kind'>;
type Outcome<Kind extends ExamineOutcome['kind']> = Extract<ExamineOutcome, { kind: Kind }>;

/** The host's side of the process that answers questions to the weights of runs, one after the other. */
export interface ExamineClient {
  samples(order: Order<'examine/samples'>): Promise<Omit<Outcome<'samples'>, 'kind'>>;
  file(order: Order<'examine/file'>): Promise<FilePrediction>;
  /** `onPiece` hears each token. Once `signal` is aborted it answers with what it has written. */
  generate(
    order: { readonly target: ExamineTarget; readonly options: GenerationOptions },
    onPiece: (piece: TextPiece) => void,
    signal: AbortSignal,
  ): Promise<GeneratedText>;
  /** Ends the process at once; the next question starts another. */
  kill(): void;
  dispose(): Promise<void>;
}

/** Seconds after the last question until the process and its memory are given back. */
const IDLE = 180;
/** How much further back in the queue of the processor it stands than a training. */
const NICENESS = 4;

function startExaminer(folder: string | undefined): EngineChild {
  const threads = String(Math.max(1, Math.floor(os.availableParallelism() / 2)));
  const child = startEngineChild(
    { ...process.env, TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: '1' },
    folder,
  );
  try {
    if (child.pid !== undefined) os.setPriority(child.pid, NICENESS);
  } catch {
    // Where priorities cannot be changed, it takes its share like any other process.
  }
  return child;
}

/**
 * These questions have a process of their own: a text may be written for minutes, and neither a training nor a look at a
 * sample is to wait for it. It starts with the first question and ends when nobody has asked for a while.
 */
export function createExamineClient({
  folder,
  start = () => startExaminer(folder),
}: {
  /** Where paths of data lead from; the folder of this process when left out. */
  readonly folder?: string | undefined;
  readonly start?: () => EngineChild;
} = {}): ExamineClient {
  let child: EngineChild | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const letGo = (): void => {
    const old = child;
    child = undefined;
    void old?.release();
  };

  async function ask<Kind extends ExamineOutcome['kind']>(
    task: ExamineTask,
    kind: Kind,
    onPiece?: (piece: TextPiece) => void,
    signal?: AbortSignal,
  ): Promise<Outcome<Kind>> {
    if (closed) throw lost('Skipwire is being closed.');
    clearTimeout(idle);
    if (child?.isAlive() !== true) child = start();
    const asked = child;
    const stop = (): void => asked.stop();
    signal?.addEventListener('abort', stop, { once: true });
    const running = asked.run(task, { onNews: (news) => news.kind === 'generated' && onPiece?.(news.piece) });
    if (signal?.aborted === true) stop();
    const end = await running;
    signal?.removeEventListener('abort', stop);
    idle = setTimeout(letGo, IDLE * 1000);
    idle.unref();
    if (end.kind === 'lost') throw lost(end.reason);
    if (end.kind === 'done') {
      if (end.outcome.kind !== 'examined' || !isOf(end.outcome.answer, kind)) {
        throw new Error(`Asked for ${kind}, and it ended as ${end.outcome.kind}`);
      }
      return end.outcome.answer;
    }
    // What a failed engine has in memory is not to be trusted.
    if (end.problem.code.startsWith('engine/') && child === asked) letGo();
    throw new HostFailure(end.problem);
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    samples: (order) => inTurn(() => ask({ kind: 'examine/samples', ...order }, 'samples')),
    file: (order) => inTurn(async () => (await ask({ kind: 'examine/file', ...order }, 'file')).prediction),
    generate: (order, onPiece, signal) =>
      inTurn(async () => (await ask({ kind: 'examine/generate', ...order }, 'text', onPiece, signal)).text),
    kill: () => child?.kill(),
    async dispose() {
      closed = true;
      clearTimeout(idle);
      const old = child;
      child = undefined;
      await old?.release();
    },
  };
}

function isOf<Kind extends ExamineOutcome['kind']>(outcome: ExamineOutcome, kind: Kind): outcome is Outcome<Kind> {
  return outcome.kind === kind;
}

function lost(reason: string): HostFailure {
  return new HostFailure({
    code: 'engine/lost',
    message: `The network could not be asked. ${reason}`,
    remedy: 'Try again; nothing else is affected.',
  });
}
