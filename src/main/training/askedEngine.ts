import os from 'node:os';
import { HostFailure } from '../files/hostFailure.ts';
import { startEngineChild, type EngineChild } from './engineChild.ts';
import type { EngineVariables } from './engineClient.ts';
import type { EngineNews, EngineTask, TaskOutcome } from './engineMessages.ts';

/** An engine process that answers questions beside what is trained, one after the other. */
export interface AskedEngine {
  /** Waits for all that was asked before. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Has one task done. Throws a `HostFailure` when it is refused or the process dies; `signal` asks it to end early. */
  ask(task: EngineTask, listening?: Listening): Promise<TaskOutcome>;
  /** Asks what runs now to end early. */
  stop(): void;
  /** Ends the process at once; the next question starts another. */
  kill(): void;
  dispose(): Promise<void>;
}

interface Listening {
  readonly onNews?: (news: EngineNews) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface AskedEngineOptions {
  /** Where paths of data lead from; the folder of this process when left out. */
  readonly folder?: string | undefined;
  /** Of the engine that is chosen now. */
  readonly variables?: () => EngineVariables;
  readonly start?: () => EngineChild;
}

/** Seconds after the last question until the process and its memory are given back. */
const IDLE = 180;
/** How much further back in the queue of the processor it stands than a training. */
const NICENESS = 4;

function startBeside(folder: string | undefined, variables: EngineVariables): EngineChild {
  const threads = String(Math.max(1, Math.floor(os.availableParallelism() / 2)));
  const child = startEngineChild(
    { ...process.env, ...variables, TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: '1' },
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
 * A training occupies its process between two steps and during them, and questions must not wait for it: they have one of
 * their own. It starts with the first question and ends when nobody has asked for a while. `failure` says in words what a
 * dead process means to the user.
 */
export function createAskedEngine(
  failure: string,
  { folder, variables = () => ({}), start = () => startBeside(folder, variables()) }: AskedEngineOptions = {},
): AskedEngine {
  let child: EngineChild | undefined;
  let startedFor: string | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  function lost(reason: string): HostFailure {
    return new HostFailure({
      code: 'engine/lost',
      message: `${failure} ${reason}`,
      remedy: 'Try again; nothing else is affected.',
    });
  }

  async function letGo(): Promise<void> {
    const old = child;
    child = undefined;
    await old?.release();
  }

  return {
    inTurn(work) {
      const turn = last.then(work, work);
      last = turn.catch(() => undefined);
      return turn;
    },
    async ask(task, { onNews, signal } = {}) {
      if (closed) throw lost('Skipwire is being closed.');
      clearTimeout(idle);
      const wanted = JSON.stringify(variables());
      // Another engine was chosen meanwhile.
      if (child !== undefined && startedFor !== wanted) await letGo();
      startedFor = wanted;
      if (child?.isAlive() !== true) child = start();
      const asked = child;
      const stop = (): void => asked.stop();
      signal?.addEventListener('abort', stop, { once: true });
      const running = asked.run(task, onNews === undefined ? undefined : { onNews });
      if (signal?.aborted === true) stop();
      const end = await running;
      signal?.removeEventListener('abort', stop);
      idle = setTimeout(() => void letGo(), IDLE * 1000);
      idle.unref();
      if (end.kind === 'done') return end.outcome;
      if (end.kind === 'lost') throw lost(end.reason);
      // What a failed engine has in memory is not to be trusted.
      if (end.problem.code.startsWith('engine/') && child === asked) void letGo();
      throw new HostFailure(end.problem);
    },
    stop: () => child?.stop(),
    kill: () => child?.kill(),
    async dispose() {
      closed = true;
      clearTimeout(idle);
      await letGo();
    },
  };
}
