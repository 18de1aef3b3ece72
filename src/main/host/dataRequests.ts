import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers, HostEvent } from '../../contract/contract.ts';
import type { dataCalls } from '../../contract/data.ts';
import type { DataClient } from '../datasets/dataClient.ts';
import { describeKnownSet, fetchKnownSet, knownSetNamed, publishedSets } from '../datasets/knownSets.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import type { WorkspaceFolder } from '../files/workspaceFolder.ts';

export interface DataServices {
  readonly workspace: WorkspaceFolder;
  readonly data: DataClient;
  readonly emit: (event: HostEvent) => void;
}

/** A file that is dropped on the editor may be this large; larger ones are better copied. */
const MAXIMUM_RECEIVED = 8 * 1024 * 1024 * 1024;

/** Answers to requests about the user's own data. */
export function createDataHandlers({ workspace, data, emit }: DataServices): Pick<Handlers, keyof typeof dataCalls> {
  const downloads = new Map<string, AbortController>();
  const receive = createReceiver(workspace);
  const { root } = workspace;
  const progress =
    (kind: 'check' | 'download', subject: string) =>
    (done: number, total: number): void =>
      emit({ event: 'data', payload: { kind, subject, done, total } });
  return {
    'data/inspect': (files) => answerOf(() => data.inspect({ root, ...files })),
    'data/check': (files) => answerOf(() => data.check({ root, ...files }, progress('check', files.path))),
    'data/samples': ({ from, count, label, ...files }) =>
      answerOf(() => data.samples({ root, ...files }, { from, count, label })),
    'data/known': () => answerOf(() => ({ sets: publishedSets.map(describeKnownSet) })),
    'data/download': ({ id, folder }) =>
      answerOf(async () => {
        const set = knownSetNamed(id);
        if (downloads.has(id)) {
          throw new HostFailure({ code: 'data/download-running', message: `"${set.title}" is being fetched already.` });
        }
        const stop = new AbortController();
        downloads.set(id, stop);
        try {
          const tell = throttled(progress('download', id));
          await fetchKnownSet(set, await workspace.resolve(folder), { signal: stop.signal, onProgress: tell });
          return { path: folder };
        } finally {
          downloads.delete(id);
        }
      }),
    'data/download-stop': ({ id }) =>
      answerOf(() => {
        downloads.get(id)?.abort();
        return {};
      }),
    'data/receive': (input) => answerOf(() => receive(input)),
  };
}

/** Progress ten times a second, and at the end. */
function throttled(tell: (done: number, total: number) => void): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const now = performance.now();
    if (now - told < 100 && done < total) return;
    told = now;
    tell(done, total);
  };
}

interface Piece {
  readonly path: string;
  readonly offset: number;
  readonly piece: string;
  readonly last: boolean;
}

/** Files that come in pieces are written beside their place and get their name with the last piece. */
function createReceiver(workspace: WorkspaceFolder): (piece: Piece) => Promise<{ path: string }> {
  const asides = new Map<string, string>();
  return async ({ path: wanted, offset, piece, last }) => {
    const absolute = await workspace.resolve(wanted);
    const bytes = Buffer.from(piece, 'base64');
    if (offset + bytes.length > MAXIMUM_RECEIVED) throw tooLarge(wanted);
    if (offset === 0) {
      if ((await stat(absolute).catch(() => undefined)) !== undefined) throw exists(wanted);
      await mkdir(path.dirname(absolute), { recursive: true });
      asides.set(wanted, `.${path.basename(absolute)}.${randomBytes(6).toString('hex')}.partial`);
    }
    const name = asides.get(wanted);
    if (name === undefined) throw outOfOrder(wanted);
    const aside = path.join(path.dirname(absolute), name);
    try {
      const handle = await open(aside, offset === 0 ? 'wx' : 'r+');
      try {
        if ((await handle.stat()).size !== offset) throw outOfOrder(wanted);
        await handle.write(bytes, 0, bytes.length, offset);
      } finally {
        await handle.close();
      }
      if (last) {
        await rename(aside, absolute);
        asides.delete(wanted);
      }
    } catch (error) {
      asides.delete(wanted);
      await rm(aside, { force: true });
      throw error;
    }
    return { path: wanted };
  };
}

function exists(file: string): HostFailure {
  return new HostFailure({
    code: 'file/exists',
    message: `"${file}" exists already.`,
    remedy: 'Choose what is there, or drop it under another name.',
  });
}

function tooLarge(file: string): HostFailure {
  return new HostFailure({
    code: 'file/too-large',
    message: `"${file}" is too large to be dropped here.`,
    expected: `at most ${MAXIMUM_RECEIVED / 1024 ** 3} GB`,
    remedy: 'Copy it into the workspace folder and choose it there.',
  });
}

function outOfOrder(file: string): HostFailure {
  return new HostFailure({
    code: 'file/interrupted',
    message: `Receiving "${file}" was interrupted.`,
    remedy: 'Drop it again.',
  });
}
