import { fork } from 'node:child_process';
import { VerifyReply } from './verifyMessages.ts';

export interface VerifierOptions {
  /** The program to fork; the built verifying process unless told. */
  readonly program?: string | undefined;
  /** Milliseconds after which the process is killed. */
  readonly timeout?: number | undefined;
  /** Stops the check: the answer says so. */
  readonly signal?: AbortSignal | undefined;
}

/** Outputs of a runtime, or in words why there are none. */
export type VerifierAnswer =
  | { readonly ok: true; readonly runtime: string; readonly batches: Extract<VerifyReply, { kind: 'done' }>['batches'] }
  | { readonly ok: false; readonly reason: string };

/** Who is asked about what, in words. */
export interface VerifierWords {
  readonly runtime: string;
  readonly subject: 'file' | 'folder';
}

const DEFAULT_TIMEOUT = 120_000;
const LOG_TAIL = 2_000;

/**
 * Has an exported network run in a process of its own. Always answers, within the time limit: a missing runtime, a crash and a
 * hang are answers too.
 */
export function askVerifier(
  request: object,
  program: string,
  words: VerifierWords,
  { timeout = DEFAULT_TIMEOUT, signal }: Omit<VerifierOptions, 'program'>,
): Promise<VerifierAnswer> {
  return new Promise((resolve) => {
    const child = fork(program, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-LOG_TAIL);
    });
    const stop = () => settle({ ok: false, reason: 'The check was stopped.' });
    const settle = (answer: VerifierAnswer) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      child.kill('SIGKILL');
      resolve(answer);
    };
    const timer = setTimeout(
      () => settle({ ok: false, reason: `${words.runtime} did not answer within ${Math.round(timeout / 1000)} s.` }),
      timeout,
    );
    signal?.addEventListener('abort', stop);
    child.once('message', (message) => settle(answerOf(message, words)));
    child.once('error', (error) =>
      settle({ ok: false, reason: `The verifying process could not be used: ${error.message}` }),
    );
    // Not `exit`: what the process printed last is read first.
    child.once('close', (code, signalName) =>
      settle({
        ok: false,
        reason: `${words.runtime} stopped unexpectedly (${signalName ?? `exit code ${code}`}).${lastLine(log)}`,
      }),
    );
    child.send(request, (error) => {
      if (error !== null) settle({ ok: false, reason: `The verifying process could not be used: ${error.message}` });
    });
  });
}

function answerOf(message: unknown, { runtime, subject }: VerifierWords): VerifierAnswer {
  const reply = VerifyReply.safeParse(message);
  if (!reply.success)
    return { ok: false, reason: 'The verifying process gave an answer that could not be understood.' };
  if (reply.data.kind === 'done') return { ok: true, runtime: reply.data.runtime, batches: reply.data.batches };
  const { stage, message: said } = reply.data;
  switch (stage) {
    case 'load':
      return { ok: false, reason: `${runtime} is not available here: ${said}` };
    case 'open':
      return { ok: false, reason: `${runtime} refused the ${subject}: ${said}` };
    case 'run':
      return { ok: false, reason: `${runtime} failed while running the ${subject}: ${said}` };
  }
}

function lastLine(log: string): string {
  const line = log.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : ` It said: ${line}`;
}
