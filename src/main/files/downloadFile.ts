import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { HostFailure } from './hostFailure.ts';

/** A file that somebody publishes, with its checksum. */
export interface PublishedFile {
  readonly url: string;
  readonly checksum: Checksum;
  /** More are refused. */
  readonly bytes: number;
  /** For the request, such as who asks. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the file must be, in hexadecimal digits, as its publishers give it. */
export interface Checksum {
  readonly kind: 'md5' | 'sha256';
  readonly digest: string;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Seconds without a byte after which the connection is given up. */
  readonly patience?: number;
}

const PATIENCE = 30;

/**
 * Fetches a file whole or not at all: what came before an interruption is gone on with the next time, and only a file with
 * the right checksum gets its name. Throws a `HostFailure`.
 */
export async function downloadFile(wanted: PublishedFile, file: string, options: DownloadOptions = {}): Promise<void> {
  const { kind, digest } = wanted.checksum;
  if ((await digestOf(file, kind)) === digest) {
    options.onProgress?.(wanted.bytes);
    return;
  }
  await mkdir(path.dirname(file), { recursive: true });
  const partial = partialOf(file);
  await fetchRest(wanted, partial, options);
  const received = await digestOf(partial, kind);
  if (received !== digest) {
    // It would only be gone on with.
    await rm(partial, { force: true });
    throw new HostFailure({
      code: 'data/checksum',
      message: `What ${hostOf(wanted.url)} sent as "${path.basename(file)}" is not the file it should be.`,
      expected: `${kind.toUpperCase()} ${digest}`,
      received: `${kind.toUpperCase()} ${received ?? 'of nothing'}`,
      remedy: 'Try again; when it stays so, somebody on the way changes what is fetched, or the file was replaced.',
    });
  }
  await rename(partial, file);
}

/** Where what has come of a file lies until it is whole. */
export function partialOf(file: string): string {
  return `${file}.partial`;
}

async function fetchRest(wanted: PublishedFile, partial: string, options: DownloadOptions): Promise<void> {
  const { signal, onProgress, patience = PATIENCE } = options;
  const have = (await stat(partial).catch(() => undefined))?.size ?? 0;
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), patience * 1000);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(), patience * 1000);
  };
  try {
    const response = await fetch(wanted.url, {
      headers: { ...wanted.headers, ...(have > 0 && { Range: `bytes=${have}-` }) },
      signal: AbortSignal.any([stalled.signal, ...(signal === undefined ? [] : [signal])]),
    });
    // 416: there is nothing left; the checksum says whether that is right.
    if (response.status === 416) return;
    if (!response.ok || response.body === null) throw refused(wanted, `status ${response.status}`);
    const goesOn = response.status === 206;
    let done = goesOn ? have : 0;
    const handle = await open(partial, goesOn ? 'a' : 'w');
    try {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        alive();
        done += chunk.length;
        // A server that sends without end must not fill the disk.
        if (done > wanted.bytes) throw refused(wanted, `more than ${wanted.bytes} bytes`);
        await handle.write(chunk);
        onProgress?.(done);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof HostFailure || (error instanceof Error && 'syscall' in error && 'path' in error)) throw error;
    if (signal?.aborted === true) throw stopped(wanted);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw refused(wanted, stalled.signal.aborted ? `nothing came for ${patience} seconds` : cause);
  } finally {
    clearTimeout(timer);
  }
}

async function digestOf(file: string, kind: Checksum['kind']): Promise<string | undefined> {
  const hash = createHash(kind);
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function refused({ url }: PublishedFile, why: string): HostFailure {
  return new HostFailure({
    code: 'data/download-failed',
    message: `"${path.basename(new URL(url).pathname)}" could not be fetched from ${hostOf(url)}.`,
    expected: 'the file, or the rest of it',
    received: why,
    remedy:
      'Check the network and try again: what has come is kept. Or fetch the files yourself and choose their folder.',
  });
}

function stopped({ url }: PublishedFile): HostFailure {
  return new HostFailure({
    code: 'data/download-stopped',
    message: `Fetching "${path.basename(new URL(url).pathname)}" was stopped; what has come is kept.`,
    remedy: 'Start it again to go on.',
  });
}
