import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { freeBytes, gigabytes } from '../../engines/diskSpace.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { BrokenSample, ReadOptions } from './formatReader.ts';

/** What is asked of the cache: records of fixed sizes, made from samples that are numbered from 0. */
export interface RecordOrder {
  /** What the records are made from and how: the same text, the same records. */
  readonly key: string;
  readonly samples: number;
  /** Bytes of one record in each file, such as an image and its mask. */
  readonly recordBytes: readonly number[];
  /** The records of a sample, or why there are none. */
  readonly decode: (sample: number) => Promise<readonly Uint8Array[] | BrokenSample>;
}

export interface Records {
  /** One file for each record of a sample, good samples one after the other. */
  readonly files: readonly string[];
  /** Numbers of the samples that are in the files. */
  readonly kept: Int32Array;
  readonly broken: readonly BrokenSample[];
}

const RecordIndex = z.object({
  format: z.literal('skipwire/records@1'),
  samples: z.int(),
  broken: z.array(z.object({ sample: z.int(), path: z.string(), code: z.string(), why: z.string() })),
});

/** Samples decoded at the same time: enough for every thread of the decoder. */
const AT_ONCE = 64;
/** What is left free on the disk for other things. */
const RESERVE = 1_000_000_000;
/** The most that is kept for the next time, the latest first. */
const KEPT_BYTES = 40_000_000_000;

/**
 * Decodes every sample once and keeps the bytes in files, so that an epoch costs reading only, whatever the memory; the
 * next run of the same files finds them there. Throws a `HostFailure` when the disk has no room for them.
 */
export async function cachedRecords(order: RecordOrder, options: ReadOptions): Promise<Records> {
  const folder = path.join(options.cacheFolder, 'data');
  const name = createHash('sha256').update(order.key).digest('hex').slice(0, 40);
  const files = order.recordBytes.map((_, index) => path.join(folder, `${name}.${index}.records`));
  const indexFile = path.join(folder, `${name}.json`);
  const found = await readIndex(indexFile, files, order);
  if (found !== undefined) {
    options.onProgress?.(order.samples, order.samples);
    return found;
  }
  await mkdir(folder, { recursive: true });
  await makeRoom(folder, order.samples * order.recordBytes.reduce((sum, bytes) => sum + bytes, 0));
  const suffix = `.${process.pid}.${randomBytes(4).toString('hex')}.partial`;
  const aside = files.map((file) => `${file}${suffix}`);
  const handles: FileHandle[] = [];
  try {
    for (const file of aside) handles.push(await open(file, 'w'));
    const broken = await decodeAll(order, handles, options);
    for (const handle of handles) await handle.close();
    handles.length = 0;
    for (const [index, file] of files.entries()) await rename(aside[index] ?? '', file);
    const index = { format: 'skipwire/records@1', samples: order.samples, broken } as const;
    await writeAtomically(indexFile, JSON.stringify(index));
    return recordsOf(files, order.samples, broken);
  } finally {
    for (const handle of handles) await handle.close();
    for (const file of aside) await rm(file, { force: true });
  }
}

/**
 * A file that `write` makes, kept for the next time by `key`; what it knows of its content comes back with it. Throws a
 * `HostFailure` when the disk has no room for `bytes`.
 */
export async function cachedFile<Known>(
  { key, bytes }: { readonly key: string; readonly bytes: number },
  known: z.ZodType<Known>,
  write: (handle: FileHandle) => Promise<Known>,
  { cacheFolder }: Pick<ReadOptions, 'cacheFolder'>,
): Promise<{ readonly file: string; readonly known: Known }> {
  const folder = path.join(cacheFolder, 'data');
  const name = createHash('sha256').update(key).digest('hex').slice(0, 40);
  const file = path.join(folder, `${name}.0.records`);
  const indexFile = path.join(folder, `${name}.json`);
  const index = z.object({ format: z.literal('skipwire/numbers@1'), size: z.number(), known });
  try {
    const found = index.parse(JSON.parse(await readFile(indexFile, 'utf8')));
    if ((await stat(file)).size === found.size) {
      await utimes(indexFile, new Date(), new Date()).catch(() => undefined);
      return { file, known: found.known };
    }
  } catch {
    // Not there, or not to be trusted: it is made anew.
  }
  await mkdir(folder, { recursive: true });
  await makeRoom(folder, bytes);
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.partial`;
  try {
    const handle = await open(aside, 'w+');
    try {
      const result = await write(handle);
      const { size } = await handle.stat();
      await rename(aside, file);
      await writeAtomically(indexFile, JSON.stringify({ format: 'skipwire/numbers@1', size, known: result }));
      return { file, known: result };
    } finally {
      await handle.close();
    }
  } finally {
    await rm(aside, { force: true });
  }
}

type IndexedBroken = z.infer<typeof RecordIndex>['broken'];

async function decodeAll(
  { samples, decode, recordBytes }: RecordOrder,
  handles: readonly FileHandle[],
  { onProgress }: ReadOptions,
): Promise<IndexedBroken> {
  const broken: IndexedBroken = [];
  // The next ones are decoded while these are written.
  let coming = decodeSome(0);
  for (let start = 0; start < samples; start += AT_ONCE) {
    const results = await coming;
    coming = decodeSome(start + AT_ONCE);
    const good: (readonly Uint8Array[])[] = [];
    for (const [index, result] of results.entries()) {
      if ('why' in result) broken.push({ sample: start + index, ...result });
      else good.push(result);
    }
    for (const [index, handle] of handles.entries()) {
      const parts = good.map((records) => records[index] ?? new Uint8Array());
      if (parts.some((part) => part.length !== recordBytes[index])) throw new Error('A record has a wrong size');
      if (parts.length > 0) await handle.writeFile(Buffer.concat(parts));
    }
    onProgress?.(Math.min(samples, start + AT_ONCE), samples);
  }
  return broken;

  function decodeSome(start: number): Promise<(readonly Uint8Array[] | BrokenSample)[]> {
    const count = Math.max(0, Math.min(AT_ONCE, samples - start));
    const some = Promise.all(Array.from({ length: count }, (_, index) => decode(start + index)));
    // Awaited later; a failure meanwhile is not lost.
    some.catch(() => undefined);
    return some;
  }
}

async function readIndex(file: string, files: readonly string[], order: RecordOrder): Promise<Records | undefined> {
  try {
    const index = RecordIndex.parse(JSON.parse(await readFile(file, 'utf8')));
    if (index.samples !== order.samples) return undefined;
    const kept = index.samples - index.broken.length;
    for (const [at, records] of files.entries()) {
      if ((await stat(records)).size !== kept * (order.recordBytes[at] ?? 0)) return undefined;
    }
    // What was used last is kept longest.
    await utimes(file, new Date(), new Date()).catch(() => undefined);
    return recordsOf(files, index.samples, index.broken);
  } catch {
    // Not there, or not to be trusted: it is made anew.
    return undefined;
  }
}

function recordsOf(files: readonly string[], samples: number, broken: IndexedBroken): Records {
  const missing = new Set(broken.map(({ sample }) => sample));
  const kept = Int32Array.from({ length: samples }, (_, sample) => sample).filter((sample) => !missing.has(sample));
  return { files, kept, broken: broken.map(({ path: file, code, why }) => ({ path: file, code, why })) };
}

/** Lets go of what was used longest ago, and checks that the disk has room. */
async function makeRoom(folder: string, needed: number): Promise<void> {
  let total = needed;
  for (const { files, bytes } of await readEntries(folder)) {
    total += bytes;
    if (total > KEPT_BYTES) for (const file of files) await rm(file, { force: true });
  }
  const free = await freeBytes(folder);
  if (free - RESERVE >= needed) return;
  throw new HostFailure({
    code: 'data/no-room',
    message: `The disk has no room for the decoded samples in ${folder}.`,
    expected: `${gigabytes(needed + RESERVE)} free`,
    received: `${gigabytes(free)} free`,
    remedy:
      'Give the reader a smaller image size, free some space, or set SKIPWIRE_CACHE to a folder on a larger disk.',
  });
}

/** What is kept, the latest used first: the index of an entry and the files of its records share the name up to the first dot. */
async function readEntries(folder: string): Promise<{ files: string[]; bytes: number }[]> {
  const entries = new Map<string, { files: string[]; bytes: number; used: number }>();
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    // Another process has just let go of it.
    if (found === undefined) continue;
    const [stem = name] = name.split('.');
    const entry = entries.get(stem) ?? { files: [], bytes: 0, used: 0 };
    entries.set(stem, {
      files: [...entry.files, file],
      bytes: entry.bytes + found.size,
      used: name.endsWith('.json') ? found.mtimeMs : entry.used,
    });
  }
  // Records without an index are being written, or were left by a process that died; only those that have one may go.
  return [...entries.values()].filter(({ used }) => used > 0).sort((a, b) => b.used - a.used);
}
