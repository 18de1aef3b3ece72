import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { safetensorsHeaderEnd, safetensorsMetadata } from '../../graph-engine/targets/safetensors/safetensors.ts';
import {
  safetensorsPlaces,
  safetensorsTypes,
  type StoredPlace,
} from '../../graph-engine/targets/safetensors/tensorPlaces.ts';
import { HostFailure } from './hostFailure.ts';

/** A file of weights of ours that is open: its tensors are read one at a time, and none is kept. */
export interface OpenTensors {
  /** Where each tensor lies, by name. */
  readonly places: Readonly<Record<string, StoredPlace>>;
  /** Throws a `HostFailure` when the file has changed since it was written, where it says what it held. */
  demandUnchanged(): void;
  /**
   * The numbers of a float32 tensor, on loan until the next is read: they lie in memory that all tensors of the file share, since what
   * is let go is not at once free.
   */
  read(place: StoredPlace): Float32Array;
  close(): void;
}

/** Bytes that are read at once where nothing is kept of them. */
const CHUNK = 4 * 1024 * 1024;
/** Below what Node reads in one call. */
const MOST_AT_ONCE = 2 ** 30;

/** Opens a safetensors file of ours. Throws a `HostFailure` when it is damaged. */
export function openTensors(file: string): OpenTensors {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const readAt = (start: number, into: Uint8Array): void => readFully(handle, file, start, into);
    const first = new Uint8Array(Math.min(8, size));
    readAt(0, first);
    const end = safetensorsHeaderEnd(first);
    if (end === undefined || end > size) throw damaged(file, 'Its header is longer than the file.');
    const beginning = new Uint8Array(end);
    readAt(0, beginning);
    const found = safetensorsPlaces(beginning, size);
    if (!found.ok) throw damaged(file, found.error.message);
    const places = found.value;
    const largest = Math.max(0, ...[...places.values()].filter(({ type }) => type === 'F32').map(bytesOf));
    let room: ArrayBuffer | undefined;
    return {
      places: Object.fromEntries(places),
      demandUnchanged() {
        const expected = safetensorsMetadata(beginning)?.['crc32'];
        if (expected === undefined) return;
        let sum = 0;
        const chunk = new Uint8Array(CHUNK);
        for (const place of places.values()) {
          const bytes = bytesOf(place);
          for (let at = 0; at < bytes; at += CHUNK) {
            const part = chunk.subarray(0, Math.min(CHUNK, bytes - at));
            readAt(place.start + at, part);
            sum = crc32(part, sum);
          }
        }
        if (sum.toString(16) !== expected) throw damaged(file, 'Its content has changed since it was written.');
      },
      read(place) {
        if (place.type !== 'F32')
          throw damaged(file, `It has numbers of the type ${place.type} where F32 was expected.`);
        room ??= new ArrayBuffer(largest);
        readAt(place.start, new Uint8Array(room, 0, bytesOf(place)));
        return new Float32Array(room, 0, bytesOf(place) / Float32Array.BYTES_PER_ELEMENT);
      },
      close: () => closeSync(handle),
    };
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

function bytesOf({ dims, type }: StoredPlace): number {
  return dims.reduce((product, size) => product * size, safetensorsTypes[type]);
}

function readFully(handle: number, file: string, start: number, into: Uint8Array): void {
  for (let done = 0; done < into.length;) {
    const read = readSync(handle, into, done, Math.min(MOST_AT_ONCE, into.length - done), start + done);
    if (read === 0) throw damaged(file, 'It became shorter while it was read.');
    done += read;
  }
}

function damaged(file: string, what: string): HostFailure {
  return new HostFailure({
    code: 'weights/damaged',
    message: `"${file}": ${what}`,
    remedy: 'Train again, or choose another run.',
  });
}
