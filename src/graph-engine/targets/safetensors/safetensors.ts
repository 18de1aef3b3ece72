import { getTextEncoding } from '@bufbuild/protobuf/wire';
import { fail, ok, type Result } from '../../core/diagnostic.ts';

/** One named tensor of a file, row-major. */
export interface StoredTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface StoredTensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** Free text under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit on its header, in bytes. */
const MAXIMUM_HEADER = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

/**
 * The safetensors format in pieces: the header's length as a little-endian 64-bit integer, a JSON header padded with blanks
 * to eight bytes, then the raw little-endian data in the order of the header. The data are those given, not copies.
 */
export function safetensorsPieces({ tensors, metadata }: StoredTensors): Uint8Array[] {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let offset = 0;
  for (const [name, { dims, data }] of Object.entries(tensors)) {
    if (name === METADATA) throw new Error(`A tensor cannot be named ${METADATA}`);
    if (data.length !== dims.reduce((product, size) => product * size, 1)) {
      throw new Error(`${name} has ${data.length} elements but dims ${dims.join('x')}`);
    }
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape: dims, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = getTextEncoding().encodeUtf8(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = new Uint8Array(LENGTH_BYTES + headerBytes).fill(0x20);
  start.set(json, LENGTH_BYTES);
  new DataView(start.buffer).setBigUint64(0, BigInt(headerBytes), true);
  return [start, ...Object.values(tensors).map(({ data }) => bytesOf(data))];
}

/** Writes the safetensors format into one piece of memory. */
export function encodeSafetensors(stored: StoredTensors): Uint8Array {
  const pieces = safetensorsPieces(stored);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** How long the header of a file is, given its first eight bytes; `undefined` when that makes no sense. */
export function safetensorsHeaderEnd(first: Uint8Array): number | undefined {
  if (first.length < LENGTH_BYTES) return undefined;
  const bytes = Number(new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true));
  return bytes > MAXIMUM_HEADER ? undefined : LENGTH_BYTES + bytes;
}

/** The metadata of a file, given its beginning up to the end of the header; `undefined` when there are none. */
export function safetensorsMetadata(beginning: Uint8Array): Readonly<Record<string, string>> | undefined {
  const metadata = parseHeader(beginning.subarray(LENGTH_BYTES))?.[METADATA];
  return isTextRecord(metadata) ? metadata : undefined;
}

/** Reads float32 and int32 tensors of a safetensors file; everything in it is checked, nothing is believed. */
export function decodeSafetensors(bytes: Uint8Array): Result<StoredTensors> {
  if (bytes.length < LENGTH_BYTES) return damaged('It is shorter than its first field.');
  const start = safetensorsHeaderEnd(bytes);
  if (start === undefined || start > bytes.length) return damaged('Its header is longer than the file.');
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start));
  if (header === undefined) return damaged('Its header is not JSON.');
  const tensors: Record<string, StoredTensor> = Object.create(null) as Record<string, StoredTensor>;
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      if (!isTextRecord(entry)) return damaged('Its metadata is not text.');
      metadata = entry;
      continue;
    }
    const stored = readTensor(entry, bytes, start);
    if (typeof stored === 'string') return damaged(`Tensor "${name}": ${stored}`);
    tensors[name] = stored;
  }
  return ok({ tensors, metadata });
}

/** The tensor, or what is wrong with it. */
function readTensor(entry: unknown, bytes: Uint8Array, start: number): StoredTensor | string {
  if (typeof entry !== 'object' || entry === null) return 'its description is not an object.';
  const { dtype, shape, data_offsets: offsets } = entry as Readonly<Record<string, unknown>>;
  if (dtype !== 'F32' && dtype !== 'I32') {
    return `its type is ${typeof dtype === 'string' ? dtype : JSON.stringify(dtype)}, not F32 or I32.`;
  }
  if (!isSizes(shape)) return 'its shape is not a list of sizes.';
  if (!isSizes(offsets) || offsets.length !== 2) return 'its place is not a pair of offsets.';
  const [from = 0, to = 0] = offsets;
  const expected = 4 * shape.reduce((product, size) => product * size, 1);
  if (to - from !== expected) return `it has ${to - from} bytes where its shape wants ${expected}.`;
  if (start + to > bytes.length) return 'it reaches beyond the end of the file.';
  // A copy: the file's bytes need not be aligned to four. Not by `slice`, which copies nothing for Node's Buffer.
  const raw = new Uint8Array(bytes.subarray(start + from, start + to)).buffer;
  return { dims: shape, data: dtype === 'F32' ? new Float32Array(raw) : new Int32Array(raw) };
}

function parseHeader(json: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const header: unknown = JSON.parse(getTextEncoding().decodeUtf8(json));
    return typeof header === 'object' && header !== null && !Array.isArray(header)
      ? (header as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');
}

function damaged(what: string) {
  return fail({ code: 'weights/damaged', message: `The weights file is damaged. ${what}` });
}
