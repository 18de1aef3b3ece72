import { open, type FileHandle } from 'node:fs/promises';

/**
 * A file of equally long records behind a description: `SKIPWIRE`, the length of the description (32 bits) and of a record (32
 * bits), the description as JSON, records. Each record begins with a step number (64-bit float) by which they rise. A record
 * that was being written when the machine stopped is too short, and does not count. Everything is little-endian.
 */
const MAGIC = Buffer.from('SKIPWIRE');
const PREFIX = MAGIC.length + 8;
const LARGEST_DESCRIPTION = 64 * 1024 * 1024;

export interface RecordWriter {
  /** Adds a record; its step is written in front of it. */
  append(step: number, record: Uint8Array): Promise<void>;
}

interface Layout {
  readonly description: string;
  readonly recordSize: number;
  readonly start: number;
  readonly count: number;
}

/**
 * Opens a file for writing at a step. Records of a file with the same description that come before the step stay; later ones,
 * which a training that goes on from a checkpoint writes again, are dropped, and so is a file of another description.
 */
export async function openRecordWriter(
  file: string,
  { description, size, step }: { readonly description: string; readonly size: number; readonly step: number },
): Promise<RecordWriter> {
  const recordSize = size + 8;
  // Not in append mode: the end is where the last record that stays ends.
  const handle = await open(file, 'r+').catch(() => open(file, 'w+'));
  try {
    const known = await layoutOf(handle);
    let end: number;
    if (known?.description === description && known.recordSize === recordSize) {
      end = known.start + (await firstFrom(handle, known, step)) * recordSize;
    } else {
      const text = Buffer.from(description);
      const head = Buffer.alloc(PREFIX);
      MAGIC.copy(head);
      head.writeUInt32LE(text.length, MAGIC.length);
      head.writeUInt32LE(recordSize, MAGIC.length + 4);
      await handle.write(Buffer.concat([head, text]), 0, PREFIX + text.length, 0);
      end = PREFIX + text.length;
    }
    await handle.truncate(end);
    return {
      async append(at, record) {
        if (record.byteLength !== size) throw new Error(`A record has ${size} bytes, got ${record.byteLength}`);
        const whole = Buffer.alloc(recordSize);
        whole.writeDoubleLE(at, 0);
        whole.set(record, 8);
        // Opened each time, so that a training which ends in any way leaves nothing open.
        const again = await open(file, 'r+');
        await again.write(whole, 0, recordSize, end).finally(() => again.close());
        end += recordSize;
      },
    };
  } finally {
    await handle.close();
  }
}

/** Records of a file. */
export interface Records {
  readonly description: string;
  readonly steps: readonly number[];
  /** For each step the wanted bytes, without the step itself. */
  readonly records: readonly Buffer[];
}

export interface ReadOptions {
  /** Only records of later steps. */
  readonly after?: number;
  /** At most so many, evenly over the file; the last one is always among them. */
  readonly most?: number;
  /** The part of each record, in bytes behind its step; all of it by default. */
  readonly part?: { readonly offset: number; readonly length: number };
}

/** Reads records; `undefined` where there is no such file, or one of another kind. */
export async function readRecords(
  file: string,
  { after = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, part }: ReadOptions = {},
): Promise<Records | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const layout = await layoutOf(handle);
    if (layout === undefined) return undefined;
    const first = await firstFrom(handle, layout, after, true);
    const steps: number[] = [];
    const records: Buffer[] = [];
    const { offset, length } = part ?? { offset: 0, length: layout.recordSize - 8 };
    for (const index of evenly(first, layout.count, most)) {
      const begin = layout.start + index * layout.recordSize;
      const [stamp, content] = [Buffer.alloc(8), Buffer.alloc(length)];
      await handle.read(stamp, 0, 8, begin);
      await handle.read(content, 0, length, begin + 8 + offset);
      steps.push(stamp.readDoubleLE(0));
      records.push(content);
    }
    return { description: layout.description, steps, records };
  } finally {
    await handle.close();
  }
}

function evenly(first: number, end: number, most: number): readonly number[] {
  const count = Math.min(end - first, most);
  return Array.from({ length: Math.max(0, count) }, (_, i) =>
    count === end - first
      ? first + i
      : end - 1 - Math.round(((count - 1 - i) * (end - 1 - first)) / Math.max(1, count - 1)),
  );
}

async function layoutOf(handle: FileHandle): Promise<Layout | undefined> {
  const head = Buffer.alloc(PREFIX);
  const { bytesRead } = await handle.read(head, 0, PREFIX, 0);
  if (bytesRead < PREFIX || !head.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const length = head.readUInt32LE(MAGIC.length);
  const recordSize = head.readUInt32LE(MAGIC.length + 4);
  const { size } = await handle.stat();
  if (length > LARGEST_DESCRIPTION || recordSize < 8 || PREFIX + length > size) return undefined;
  const text = Buffer.alloc(length);
  await handle.read(text, 0, length, PREFIX);
  const start = PREFIX + length;
  return { description: text.toString(), recordSize, start, count: Math.floor((size - start) / recordSize) };
}

/** The number of the first record at a step or later, or only later. */
async function firstFrom(handle: FileHandle, layout: Layout, step: number, later = false): Promise<number> {
  let [low, high] = [0, layout.count];
  const stamp = Buffer.alloc(8);
  while (low < high) {
    const middle = (low + high) >> 1;
    await handle.read(stamp, 0, 8, layout.start + middle * layout.recordSize);
    const found = stamp.readDoubleLE(0);
    if (found < step || (later && found === step)) low = middle + 1;
    else high = middle;
  }
  return low;
}
