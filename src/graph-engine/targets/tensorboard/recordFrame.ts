/** The polynomial of CRC-32C (Castagnoli), with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** The checksum CRC-32C of bytes. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A checksum as TFRecord files hold it: turned and shifted, so that a sum over data with sums in them stays a good one. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One record of a TFRecord file: its length, the sum of that, the bytes, and their sum; numbers are little-endian. */
export function recordFrame(content: Uint8Array): Uint8Array {
  const frame = new Uint8Array(content.length + 16);
  const view = new DataView(frame.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, masked(crc32c(frame.subarray(0, 8))), true);
  frame.set(content, 12);
  view.setUint32(12 + content.length, masked(crc32c(content)), true);
  return frame;
}
