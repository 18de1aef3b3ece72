import { concatBytes } from '../../protobuf/wireBytes.ts';
import { crc32c, maskedCrc32c } from './crc32c.ts';

/** A key and its value; keys are ASCII. */
export type TableEntry = readonly [key: string, value: Uint8Array];

/** Bytes after which a block is full. */
const BLOCK = 4096;
/** Every so many entries a key is written whole. */
const RESTART = 16;
const UNCOMPRESSED = 0;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
const FOOTER_HANDLES = 40;

/**
 * A sorted table as LevelDB and TensorFlow's `variables.index` have it: blocks of entries with shared beginnings of keys, each
 * with its sum, an index of blocks, and a footer that says where the index is.
 */
export function sortedTable(entries: readonly TableEntry[]): Uint8Array {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const pieces: Uint8Array[] = [];
  let at = 0;
  const add = (block: Uint8Array): Uint8Array => {
    const handle = Uint8Array.from([...varint(at), ...varint(block.length)]);
    const body = concatBytes([block, Uint8Array.of(UNCOMPRESSED)]);
    pieces.push(body, fixed32(maskedCrc32c(crc32c(body))));
    at += body.length + 4;
    return handle;
  };
  const index: TableEntry[] = [];
  for (const block of inBlocks(sorted)) {
    const [lastKey = ''] = block.at(-1) ?? [];
    index.push([lastKey, add(encodeBlock(block, RESTART))]);
  }
  const meta = add(encodeBlock([], RESTART));
  const handles = concatBytes([meta, add(encodeBlock(index, 1))]);
  const padding = new Uint8Array(FOOTER_HANDLES - handles.length);
  return concatBytes([...pieces, handles, padding, Uint8Array.from(MAGIC)]);
}

function inBlocks(entries: readonly TableEntry[]): readonly (readonly TableEntry[])[] {
  const blocks: TableEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = entry[0].length + entry[1].length + 3;
    if (room < size || blocks.length === 0) {
      blocks.push([]);
      room = BLOCK;
    }
    blocks.at(-1)?.push(entry);
    room -= size;
  }
  return blocks;
}

function encodeBlock(entries: readonly TableEntry[], restart: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  const restarts: number[] = [];
  let at = 0;
  let before = '';
  for (const [i, [key, value]] of entries.entries()) {
    const whole = i % restart === 0;
    if (whole) restarts.push(at);
    const shared = whole ? 0 : sharedLength(before, key);
    const rest = ascii(key.slice(shared));
    const header = Uint8Array.from([...varint(shared), ...varint(rest.length), ...varint(value.length)]);
    pieces.push(header, rest, value);
    at += header.length + rest.length + value.length;
    before = key;
  }
  if (restarts.length === 0) restarts.push(0);
  return concatBytes([...pieces, ...restarts.map(fixed32), fixed32(restarts.length)]);
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

function fixed32(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}
