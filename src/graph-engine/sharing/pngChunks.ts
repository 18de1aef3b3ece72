/** A part of a PNG file (PNG specification, section 5.3): its type, and where its data lie in the file. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Where the chunk begins in the file, length field included. */
  readonly start: number;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Length, type, checksum. */
const OVERHEAD = 12;

/** Whether a file begins as PNG files do. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/** The chunks of a PNG file in their order; ends at the first one that is cut off or does not fit its checksum. */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = SIGNATURE.length;
  while (start + OVERHEAD <= bytes.length) {
    const length = view.getUint32(start);
    const end = start + OVERHEAD + length;
    if (end > bytes.length || crc32(bytes.subarray(start + 4, end - 4)) !== view.getUint32(end - 4)) return;
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    yield { type, data: bytes.subarray(start + 8, end - 4), start };
    start = end;
  }
}

/** A chunk as it stands in a file. */
export function encodePngChunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(OVERHEAD + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) chunk[4 + i] = type.charCodeAt(i);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** CRC-32 as PNG and ISO 3309 define it: polynomial 0xEDB88320 (reflected), start and end inverted. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
