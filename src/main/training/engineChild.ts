import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { HostProblem } from '../../contract/contract.ts';
import { relayToGpuPage } from '../engines/gpuPages.ts';
import { withHugePages } from '../engines/withHugePages.ts';
import { isPageMessage } from '../executors/remote/processPort.ts';
import { productRoot } from '../files/productRoot.ts';
import type { EngineEnvironment, EngineNews, EngineRequest, EngineTask, TaskOutcome } from './engineMessages.ts';

/** How a task ended. `lost`: the process died. */
export type TaskEnd =
  | { readonly kind: 'done'; readonly outcome: TaskOutcome }
  | { readonly kind: 'refused'; readonly problem: HostProblem; readonly detail?: string | undefined }
  | { readonly kind: 'lost'; readonly reason: string };

export interface TaskListeners {
  readonly onNews?: (news: EngineNews) => void;
}

/** One child process with the native libraries in it. It may die at any time, and takes nothing along. */
export interface EngineChild {
  readonly pid: number | undefined;
  /** Resolves when the libraries are loaded, or cannot be. */
  readonly ready: Promise<{ environment: EngineEnvironment } | { problem: HostProblem }>;
  isAlive(): boolean;
  /** Uses the time before the first task to load what it may need. */
  prepare(): void;
  /** Does one task; a second must wait for the first. */
  run(task: EngineTask, listeners?: TaskListeners): Promise<TaskEnd>;
  /** Asks a training to end. */
  stop(): void;
  /** Asks a training to save where it stands and end. */
  pause(): void;
  /** Ends the process at once, whatever it does. */
  kill(): void;
  /** Lets go of the process: it saves what it trains and ends. Resolves when it is gone, by force after a while. */
  release(): Promise<void>;
}

/** Seconds a released process has to save its weights. */
const PATIENCE = 10;
const KEPT_OUTPUT = 4_000;
const KILLED = 'Stopped at once, as asked. What was saved last is kept.';
const CLOSED = 'Skipwire was closed during this run. The weights so far were saved.';
const processFile = path.join(productRoot, 'dist', 'main', 'engineProcess.js');

/**
 * Starts an engine process; loading its libraries goes on in the background. It works in `folder`, and reads no data of the
 * user outside it.
 */
export function startEngineChild(environment: NodeJS.ProcessEnv = process.env, folder?: string): EngineChild {
  const child = fork(processFile, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Flags of the parent, such as an inspector's port, are not for the child.
    execArgv: [],
    ...(folder !== undefined && { cwd: folder }),
    // Under Electron the program is Electron's; this makes it the Node that the engine needs.
    env: { ...withHugePages(environment), ELECTRON_RUN_AS_NODE: '1' },
  });
  relayToGpuPage(child);
  let listener: ((news: EngineNews) => void) | undefined;
  // An end may be asked for while the libraries of the process are still being loaded.
  let asked: 'stop' | 'pause' | undefined;
  let ending: string | undefined;
  const output = keepTail(child);
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The engine process could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(describeEnd(code, signal, output())));
  });
  const ready = new Promise<{ environment: EngineEnvironment } | { problem: HostProblem }>((resolve) => {
    child.on('message', (message) => {
      if (isPageMessage(message)) return;
      const news = message as EngineNews;
      if (news.kind === 'ready') resolve({ environment: news.environment });
      else if (news.kind === 'unavailable') resolve({ problem: news.problem });
      else listener?.(news);
    });
    void gone.then((reason) => resolve({ problem: unavailable(reason) }));
  });
  // Writing to a process that is just dying fails; that it is gone is told by `exit`.
  child.on('error', () => undefined);

  const ask = (end: 'stop' | 'pause'): void => {
    asked = end;
    if (listener !== undefined) tell(child, { kind: end });
  };

  return {
    pid: child.pid,
    ready,
    isAlive: () => child.connected && child.exitCode === null && child.signalCode === null,
    prepare: () => tell(child, { kind: 'prepare' }),
    async run(task, { onNews } = {}) {
      const loaded = await ready;
      if ('problem' in loaded) return { kind: 'refused', problem: loaded.problem };
      if (listener !== undefined) throw new Error('The engine process is busy');
      const ended = new Promise<TaskEnd>((resolve) => {
        listener = (news) => {
          if (news.kind === 'done') resolve({ kind: 'done', outcome: news.outcome });
          else if (news.kind === 'refused') resolve({ kind: 'refused', problem: news.problem, detail: news.detail });
          else onNews?.(news);
        };
        void gone.then((reason) => resolve({ kind: 'lost', reason }));
      });
      tell(child, { kind: 'task', task, wish: asked });
      const end = await ended;
      listener = undefined;
      asked = undefined;
      return end.kind === 'lost' ? { kind: 'lost', reason: ending ?? end.reason } : end;
    },
    stop: () => ask('stop'),
    pause: () => ask('pause'),
    kill() {
      ending = KILLED;
      child.kill('SIGKILL');
    },
    async release() {
      ending ??= CLOSED;
      if (child.connected) child.disconnect();
      const force = setTimeout(() => child.kill('SIGKILL'), PATIENCE * 1000);
      await gone;
      clearTimeout(force);
    },
  };
}

function tell(child: ChildProcess, request: EngineRequest): void {
  if (child.connected) child.send(request, () => undefined);
}

/** Keeps the end of what the process and its libraries print, for messages and logs. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-KEPT_OUTPUT)));
  }
  return () => tail;
}

/** What libtensorflow prints on a good day. */
const chatter = /^(I\d{4} |WARNING: All log messages before absl|\s*$)/;

function describeEnd(code: number | null, signal: NodeJS.Signals | null, output: string): string {
  const lastLine =
    output
      .trim()
      .split('\n')
      .findLast((line) => !chatter.test(line)) ?? '';
  const said = lastLine === '' ? '' : ` It said: ${lastLine.slice(0, 300)}`;
  if (signal === 'SIGKILL') return `The engine process was killed, perhaps because memory ran out.${said}`;
  if (signal !== null) return `The engine process crashed (${signal}).${said}`;
  return `The engine process ended by itself (code ${code ?? 0}).${said}`;
}

function unavailable(reason: string): HostProblem {
  return {
    code: 'engine/does-not-start',
    message: reason,
    remedy: 'Run "npx skipwire doctor"; it says what is missing and how to mend it.',
  };
}
