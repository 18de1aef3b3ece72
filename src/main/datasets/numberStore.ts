import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { HostFailure } from '../files/hostFailure.ts';
import { elementTypes, type ElementType } from './elementTypes.ts';

/** Where many numbers lie; plain data, so that another thread can open them too. */
export interface NumberPlace {
  readonly type: ElementType;
  /** How many numbers there are. */
  readonly length: number;
  /** What each is divided by: 255 for the bytes of images. */
  readonly divisor: number;
  readonly file: string;
  /** Where the first number begins, in bytes. */
  readonly offset: number;
  /** The whole of them, where they fit into memory. */
  readonly memory?: SharedArrayBuffer;
}

/** Many numbers of which any range can be read: from memory, or from the file each time. */
export interface NumberStore {
  readonly length: number;
  readonly place: NumberPlace;
  /** Fills `room` with the numbers from `start` on. Throws a `HostFailure` when the file is gone or has become shorter. */
  read(start: number, room: Float32Array | Int32Array): void;
  /** Closes the file; the store must not be read afterwards. */
  close(): void;
}

/** Numbers that fit into this many bytes are kept in memory; those of larger sets are read as they are needed. */
export const DEFAULT_MEMORY_LIMIT = 1024 * 1024 * 1024;

/** The limit of memory for a data set: `SKIPWIRE_DATA_MEMORY` megabytes where that is set. */
export function dataMemoryLimit(environment: NodeJS.ProcessEnv = process.env): number {
  const megabytes = Number(environment['SKIPWIRE_DATA_MEMORY'] ?? '');
  return Number.isFinite(megabytes) && megabytes > 0 ? megabytes * 1024 * 1024 : DEFAULT_MEMORY_LIMIT;
}

const CHUNK_BYTES = 8 * 1024 * 1024;

/** The place with its numbers read into memory that threads share, when they fit into `limit` bytes. */
export async function keptInMemory(place: NumberPlace, limit: number): Promise<NumberPlace> {
  const bytes = place.length * elementTypes[place.type].bytes;
  if (bytes > limit || bytes === 0) return place;
  const memory = new SharedArrayBuffer(bytes);
  const whole = new Uint8Array(memory);
  const handle = await open(place.file, 'r');
  try {
    for (let done = 0; done < bytes;) {
      const wanted = Math.min(CHUNK_BYTES, bytes - done);
      const { bytesRead } = await handle.read(whole, done, wanted, place.offset + done);
      if (bytesRead === 0) throw vanished(place.file);
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return { ...place, memory };
}

/** Opens the numbers of a place. */
export function openNumbers(place: NumberPlace): NumberStore {
  const { bytes, decode } = elementTypes[place.type];
  if (place.memory !== undefined) {
    const all = new DataView(place.memory);
    return {
      length: place.length,
      place,
      read: (start, room) => decode(all, start * bytes, room, place.divisor),
      close: () => undefined,
    };
  }
  let descriptor: number | undefined;
  let scratch = new Uint8Array(0);
  return {
    length: place.length,
    place,
    read(start, room) {
      const wanted = room.length * bytes;
      if (scratch.length < wanted) scratch = new Uint8Array(wanted);
      try {
        descriptor ??= openSync(place.file, 'r');
        for (let done = 0; done < wanted;) {
          const read = readSync(descriptor, scratch, done, wanted - done, place.offset + start * bytes + done);
          if (read === 0) throw vanished(place.file);
          done += read;
        }
      } catch (error) {
        if (error instanceof HostFailure) throw error;
        throw vanished(place.file, error);
      }
      decode(new DataView(scratch.buffer, 0, wanted), 0, room, place.divisor);
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function vanished(file: string, error?: unknown): HostFailure {
  return new HostFailure({
    code: 'data/vanished',
    message: `The data in "${file}" went away, or became shorter, while they were used.`,
    ...(error instanceof Error && { received: error.message }),
    remedy: 'Put the files back and train again; the weights saved last are kept.',
  });
}

/** Numbers `[start, start + room.length)` of samples, wherever they are. */
export function readNumbers(
  numbers: Float32Array | Int32Array | NumberStore,
  start: number,
  room: Float32Array | Int32Array,
): void {
  if ('place' in numbers) numbers.read(start, room);
  else room.set(numbers.subarray(start, start + room.length));
}
