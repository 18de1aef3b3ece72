import { spawn, type ChildProcess } from 'node:child_process';

export interface ProgramResult {
  /** Exit code; `null` when a signal or the time limit ended it, or when there is no such program. */
  readonly code: number | null;
  readonly found: boolean;
  readonly timedOut: boolean;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Ends the program early. */
  readonly signal?: AbortSignal | undefined;
  /** Told each line that is written, while it runs. */
  readonly onLine?: (line: string) => void;
  /** Called with the process, which then has a channel for messages. */
  readonly attend?: (child: ChildProcess) => void;
}

/** What is kept of each stream: the end of it, where errors are. */
const KEPT_CHARACTERS = 200_000;
const LONGEST_LINE = 2000;

/** Runs a program without a shell and collects what it says. A program that does not exist is a result, not an error. */
export async function runProgram(
  program: string,
  programArguments: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', ...(options.attend === undefined ? [] : (['ipc'] as const))],
      serialization: 'advanced',
      windowsHide: true,
    });
    options.attend?.(child);
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        output[stream] = (output[stream] + text).slice(-KEPT_CHARACTERS);
        for (const line of text.split(/\r?\n|\r/))
          if (line.trim() !== '') options.onLine?.(line.slice(0, LONGEST_LINE));
      });
    }
    // Programs that it has started may hold its output open: nobody waits for them.
    const end = () => {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    let timedOut = false;
    const timer =
      options.timeout === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            end();
          }, options.timeout);
    const stop = () => child.kill();
    process.once('exit', stop);
    options.signal?.addEventListener('abort', end);
    if (options.signal?.aborted === true) end();
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
      process.removeListener('exit', stop);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      settle();
      if (error.code === 'ENOENT' || error.code === 'EACCES') {
        resolve({ code: null, found: false, timedOut, signal: null, ...output });
      } else {
        reject(error);
      }
    });
    child.once('close', (code, signal) => {
      settle();
      resolve({ code, found: true, timedOut, signal, ...output });
    });
  });
}

/** The last lines that say something, for a message to the user. */
export function lastLines(text: string, count = 6): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n');
}
