import { fork } from 'node:child_process';
import path from 'node:path';
import { productRoot } from '../files/productRoot.ts';
import { VerifyReply, type VerifyRequest } from './verifyMessages.ts';

export interface RunOnnxOptions {
  /** The program to fork; the built verifying process unless told. */
  readonly program?: string;
  /** Milliseconds after which the process is killed. */
  readonly timeout?: number;
  /** Stops the check: the answer says so. */
  readonly signal?: AbortSignal | undefined;
}

/** Outputs of onnxruntime, or in words why there are none. */
export type RunOnnxAnswer =
  | { readonly ok: true; readonly runtime: string; readonly batches: Extract<VerifyReply, { kind: 'done' }>['batches'] }
  | { readonly ok: false; readonly reason: string };

const DEFAULT_TIMEOUT = 120_000;
const LOG_TAIL = 2_000;

/**
 * Runs an ONNX file by onnxruntime in a process of its own. Always answers, within the time limit: a missing runtime, a
 * crash and a hang are answers too.
 */
export function runOnnxFile(request: VerifyRequest, options: RunOnnxOptions = {}): Promise<RunOnnxAnswer> {
  const program = options.program ?? path.join(productRoot, 'dist', 'main', 'verifyProcess.js');
  const timeout = options.timeout ?? DEFAULT_TIMEOUT;
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
    const settle = (answer: RunOnnxAnswer) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
      child.kill('SIGKILL');
      resolve(answer);
    };
    const timer = setTimeout(
      () => settle({ ok: false, reason: `onnxruntime did not answer within ${Math.round(timeout / 1000)} s.` }),
      timeout,
    );
    options.signal?.addEventListener('abort', stop);
    child.once('message', (message) => settle(answerOf(message)));
    child.once('error', (error) =>
      settle({ ok: false, reason: `The verifying process could not be used: ${error.message}` }),
    );
    // Not `exit`: what the process printed last is read first.
    child.once('close', (code, signal) =>
      settle({
        ok: false,
        reason: `onnxruntime stopped unexpectedly (${signal ?? `exit code ${code}`}).${lastLine(log)}`,
      }),
    );
    child.send(request, (error) => {
      if (error !== null) settle({ ok: false, reason: `The verifying process could not be used: ${error.message}` });
    });
  });
}

function answerOf(message: unknown): RunOnnxAnswer {
  const reply = VerifyReply.safeParse(message);
  if (!reply.success)
    return { ok: false, reason: 'The verifying process gave an answer that could not be understood.' };
  if (reply.data.kind === 'done') return { ok: true, runtime: reply.data.runtime, batches: reply.data.batches };
  const { stage, message: words } = reply.data;
  switch (stage) {
    case 'load':
      return { ok: false, reason: `onnxruntime is not available here: ${words}` };
    case 'open':
      return { ok: false, reason: `onnxruntime refused the file: ${words}` };
    case 'run':
      return { ok: false, reason: `onnxruntime failed while running the file: ${words}` };
  }
}

function lastLine(log: string): string {
  const line = log.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : ` It said: ${line}`;
}
