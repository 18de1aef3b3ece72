import { createStore, useStore } from 'zustand';
import type { HostProblem } from '../../contract/contract.ts';
import { MOST_FILE_BYTES, type FilePrediction } from '../../contract/examination.ts';
import type { RunId } from '../../contract/run.ts';
import { toBase64 } from '../../graph-engine/probe/base64.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';

/** What is known of a file that was given to a run. */
export type AskedFile = { readonly id: string; readonly name: string } & (
  | { readonly status: 'working' }
  | { readonly status: 'failed'; readonly problem: HostProblem }
  | { readonly status: 'ready'; readonly prediction: FilePrediction }
);

interface OwnFiles {
  /** By run, the newest first. */
  readonly files: Readonly<Record<RunId, readonly AskedFile[]>>;
}

const ownFileStore = createStore<OwnFiles>()(() => ({ files: {} }));

/** Files that are kept for a run. */
const KEPT = 8;
const NONE: readonly AskedFile[] = [];

/** The files that a run was asked about, the newest first. */
export function useOwnFiles(run: RunId): readonly AskedFile[] {
  return useStore(ownFileStore, (state) => state.files[run] ?? NONE);
}

/** Asks a run what it says of files, one after the other. */
export async function predictFiles(connection: ManagedConnection, run: RunId, files: readonly File[]): Promise<void> {
  const asked = files.slice(0, KEPT).map((file) => ({ file, id: crypto.randomUUID() }));
  for (const { file, id } of asked.toReversed()) keep(run, { id, name: file.name, status: 'working' });
  for (const { file, id } of asked) {
    const answer = await predictFile(connection, run, file);
    keep(run, {
      id,
      name: file.name,
      ...(answer.ok ? { status: 'ready', prediction: answer.value } : { status: 'failed', problem: answer.problem }),
    });
  }
}

async function predictFile(connection: ManagedConnection, run: RunId, file: File) {
  if (file.size > MOST_FILE_BYTES) {
    return {
      ok: false,
      problem: {
        code: 'own-file/too-large',
        message: `"${file.name}" is too large to be sent.`,
        expected: `at most ${MOST_FILE_BYTES / 1024 / 1024} MB`,
        remedy: 'Name it on the command line: skipwire predict RUN FILE.',
      },
    } as const;
  }
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    // A folder, or a file that is gone by now.
    const message = `"${file.name}" is no file that can be read.`;
    return { ok: false, problem: { code: 'own-file/unreadable', message } } as const;
  }
  return connection.call('run/predict-file', { run, name: file.name, content: toBase64(bytes) });
}

/** Puts what is known of a file in its place, or before all others. */
function keep(run: RunId, file: AskedFile): void {
  const { files } = ownFileStore.getState();
  const before = files[run] ?? NONE;
  const known = before.some(({ id }) => id === file.id);
  const next = known ? before.map((one) => (one.id === file.id ? file : one)) : [file, ...before].slice(0, KEPT);
  ownFileStore.setState({ files: { ...files, [run]: next } });
}
