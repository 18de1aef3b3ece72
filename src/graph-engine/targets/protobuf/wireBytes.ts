import { strToU8 } from 'fflate';

/**
 * Protobuf fields as bytes, for messages that are written by the ten thousand: a generated encoder makes an object of every
 * field first, which takes most of the time of writing a large graph. `targets/protobuf/generated` reads what this writes.
 * Texts are ASCII and numbers of fields below 16.
 */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Number of bytes of an unsigned varint. */
function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Number of bytes of a field with so much text or so large a message. */
export function fieldLength(length: number): number {
  return 1 + varintLength(length) + length;
}

/** Bytes that grow at their end. */
export interface WireBytes {
  /** Begins a field of text, bytes or a message; the caller writes that many bytes next. */
  begin(field: number, length: number): void;
  ascii(field: number, text: string): void;
  bytes(field: number, value: Uint8Array): void;
  finish(): Uint8Array;
}

/** No bytes yet. */
export function createWireBytes(): WireBytes {
  let buffer = new Uint8Array(64);
  let at = 0;

  function reserve(length: number): void {
    if (at + length <= buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * buffer.length, at + length));
    larger.set(buffer.subarray(0, at));
    buffer = larger;
  }

  function begin(field: number, length: number): void {
    reserve(6 + length);
    buffer[at++] = field * 8 + LENGTH;
    let rest = length;
    for (; rest >= 128; rest >>>= 7) buffer[at++] = (rest & 127) | 128;
    buffer[at++] = rest;
  }

  return {
    begin,
    ascii(field, text) {
      begin(field, text.length);
      for (let i = 0; i < text.length; i++) buffer[at + i] = text.charCodeAt(i);
      at += text.length;
    },
    bytes(field, value) {
      begin(field, value.length);
      buffer.set(value, at);
      at += value.length;
    },
    finish: () => buffer.subarray(0, at),
  };
}

/** Joins fields. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** A field of any integer type but the zigzag ones; negative numbers take ten bytes, as protobuf has it. */
export function varintField(field: number, value: number): Uint8Array {
  const bytes = [field * 8 + VARINT];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** A field of float32. */
export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = field * 8 + FIXED32;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

/** A field of float64. */
export function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = field * 8 + FIXED64;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

/** A repeated field of float64, packed. */
export function packedDoublesField(field: number, values: readonly number[]): Uint8Array {
  const packed = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, index) => packed.setFloat64(8 * index, value, true));
  return bytesField(field, new Uint8Array(packed.buffer));
}

/** A field of text in any script. */
export function textField(field: number, text: string): Uint8Array {
  return bytesField(field, strToU8(text));
}

/** A field of four bytes. */
export function fixed32Field(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = field * 8 + FIXED32;
  new DataView(bytes.buffer).setUint32(1, value, true);
  return bytes;
}

/** A field of bytes or of a message. */
export function bytesField(field: number, value: Uint8Array): Uint8Array {
  const bytes = createWireBytes();
  bytes.bytes(field, value);
  return bytes.finish();
}

/** A field of ASCII text. */
export function asciiField(field: number, text: string): Uint8Array {
  const bytes = createWireBytes();
  bytes.ascii(field, text);
  return bytes.finish();
}
