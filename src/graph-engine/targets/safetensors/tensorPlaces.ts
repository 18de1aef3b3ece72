import { getTextEncoding } from '@bufbuild/protobuf/wire';
import { fail, ok, type Result } from '../../core/diagnostic.ts';

/** Bytes of an element of each type that the format knows and that can be read as numbers. */
export const safetensorsTypes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;
export type SafetensorsType = keyof typeof safetensorsTypes;

/** Where a tensor lies in a safetensors file. */
export interface StoredPlace {
  readonly type: SafetensorsType;
  readonly dims: readonly number[];
  /** From the beginning of the file, in bytes. */
  readonly start: number;
}

/**
 * Where the tensors of a safetensors file lie. `beginning` reaches to the end of the header, `size` is that of the file in
 * bytes; nothing in the header is believed without it.
 */
export function safetensorsPlaces(beginning: Uint8Array, size: number): Result<ReadonlyMap<string, StoredPlace>> {
  let header: unknown;
  try {
    header = JSON.parse(getTextEncoding().decodeUtf8(beginning.subarray(8)));
  } catch {
    return damaged('Its header is not JSON.');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    return damaged('Its header is not an object.');
  }
  const places = new Map<string, StoredPlace>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const place = placeOf(entry, beginning.length, size);
    if (typeof place === 'string') return damaged(`Tensor "${name}": ${place}`);
    places.set(name, place);
  }
  return ok(places);
}

function placeOf(entry: unknown, data: number, size: number): StoredPlace | string {
  if (typeof entry !== 'object' || entry === null) return 'its description is not an object.';
  const { dtype, shape, data_offsets: offsets } = entry as Readonly<Record<string, unknown>>;
  if (typeof dtype !== 'string' || !isType(dtype)) {
    return `its type is ${JSON.stringify(dtype)}, which is none of ${Object.keys(safetensorsTypes).join(', ')}.`;
  }
  if (!isSizes(shape)) return 'its shape is not a list of sizes.';
  if (!isSizes(offsets) || offsets.length !== 2) return 'its place is not a pair of offsets.';
  const [from = 0, to = 0] = offsets;
  const expected = shape.reduce((product, one) => product * one, safetensorsTypes[dtype]);
  if (to - from !== expected) return `it has ${to - from} bytes where its shape wants ${expected}.`;
  if (data + to > size) return 'it reaches beyond the end of the file.';
  return { type: dtype, dims: shape, start: data + from };
}

function isType(text: string): text is SafetensorsType {
  return Object.hasOwn(safetensorsTypes, text);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(what: string) {
  return fail({ code: 'weights/damaged', message: `The weights file is damaged. ${what}` });
}
