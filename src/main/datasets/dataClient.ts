import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { DataCheck, DataInspection, DataSample } from '../../contract/data.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import type { DataAnswer, DataNews, DataRequest } from './dataMessages.ts';
import type { FilesReference } from './examineFiles.ts';

/** The host's side of the process that looks at files. */
export interface DataClient {
  inspect(files: FilesReference): Promise<DataInspection>;
  check(files: FilesReference, onProgress: (done: number, total: number) => void): Promise<DataCheck>;
  samples(
    files: FilesReference,
    page: { from: number; count: number; label?: string | undefined },
  ): Promise<{ samples: DataSample[]; total: number }>;
  dispose(): void;
}

interface Asked {
  readonly path: string;
  readonly resolve: (value: DataAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** An idle process holds decoded samples: it goes when nobody has asked for this long. */
const IDLE_MILLISECONDS = 120_000;
const processFile = path.join(productRoot, 'dist', 'main', 'dataProcess.js');

/** Starts a process with the first question, and another when it died. */
export function createDataClient(): DataClient {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 0;
  const asked = new Map<number, Asked>();

  const start = (): ChildProcess => {
    const started = fork(processFile, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    started.on('message', (message) => hear(message as DataNews));
    started.once('exit', (code, signal) => {
      if (child === started) child = undefined;
      for (const { path: data, reject } of asked.values()) reject(died(data, signal ?? `code ${code ?? 0}`));
      asked.clear();
    });
    started.on('error', () => undefined);
    return started;
  };

  const hear = (news: DataNews): void => {
    const question = asked.get(news.id);
    if (question === undefined) return;
    if (news.kind === 'progress') return question.onProgress?.(news.done, news.total);
    asked.delete(news.id);
    if (news.kind === 'answer') question.resolve(news.value);
    else question.reject(new HostFailure(news.problem));
    if (asked.size === 0) rest();
  };

  const rest = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => child?.disconnect(), IDLE_MILLISECONDS);
    idle.unref();
  };

  const ask = (
    request: (id: number) => DataRequest,
    onProgress?: (done: number, total: number) => void,
  ): Promise<DataAnswer> => {
    clearTimeout(idle);
    if (child?.connected !== true) child = start();
    const id = next++;
    const question = request(id);
    return new Promise((resolve, reject) => {
      asked.set(id, { path: question.files.path, resolve, reject, onProgress });
      child?.send(question, () => undefined);
    });
  };

  return {
    inspect: async (files) => (await ask((id) => ({ kind: 'inspect', id, files }))) as DataInspection,
    check: async (files, onProgress) => (await ask((id) => ({ kind: 'check', id, files }), onProgress)) as DataCheck,
    samples: async (files, page) =>
      (await ask((id) => ({ kind: 'samples', id, files, page }))) as { samples: DataSample[]; total: number },
    dispose() {
      clearTimeout(idle);
      if (child?.connected === true) child.disconnect();
      child = undefined;
    },
  };
}

function died(data: string, how: string): HostFailure {
  return new HostFailure({
    code: 'data/reader-died',
    message: `Reading "${data}" ended the process that reads data (${how}).`,
    expected: 'files that can be decoded in the memory of this machine',
    received: how,
    remedy: 'A file may be damaged on purpose, or memory ran out. Try a part of the data to find which.',
  });
}
