/** The reversed polynomial of Castagnoli. */
const POLYNOMIAL = 0x82f63b78;
/** What TensorFlow adds to a sum that is kept beside its data (`crc32c::Mask`). */
const MASK = 0xa282ead8;

/** Eight tables end to end: table `k` advances a byte over `k` bytes more, so that eight bytes go in one round. */
const table = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0);
  table[byte] = sum;
}
for (let at = 256; at < table.length; at++) {
  const before = table[at - 256] ?? 0;
  table[at] = (before >>> 8) ^ (table[before & 255] ?? 0);
}

/** The CRC-32C of bytes, or of bytes after those whose sum is `before`. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    sum =
      (table[1792 + ((sum ^ (bytes[at] ?? 0)) & 255)] ?? 0) ^
      (table[1536 + (((sum >>> 8) ^ (bytes[at + 1] ?? 0)) & 255)] ?? 0) ^
      (table[1280 + (((sum >>> 16) ^ (bytes[at + 2] ?? 0)) & 255)] ?? 0) ^
      (table[1024 + ((sum >>> 24) ^ (bytes[at + 3] ?? 0))] ?? 0) ^
      (table[768 + (bytes[at + 4] ?? 0)] ?? 0) ^
      (table[512 + (bytes[at + 5] ?? 0)] ?? 0) ^
      (table[256 + (bytes[at + 6] ?? 0)] ?? 0) ^
      (table[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < bytes.length; at++) sum = (sum >>> 8) ^ (table[(sum ^ (bytes[at] ?? 0)) & 255] ?? 0);
  return ~sum >>> 0;
}

/** A sum as TensorFlow keeps it beside the data. */
export function maskedCrc32c(sum: number): number {
  return (((sum >>> 15) | (sum << 17)) + MASK) >>> 0;
}
