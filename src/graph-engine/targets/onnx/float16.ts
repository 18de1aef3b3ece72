const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/** The largest finite float16. */
export const LARGEST_FLOAT16 = 65504;

/** What became of values that float16 cannot hold. */
export interface RangeLoss {
  /** Values beyond the largest float16, which took its place. */
  clamped: number;
  /** Values that are not zero and became zero. */
  vanished: number;
}

/** The bits of the nearest float16, ties to even. Finite values stay finite: what is too large becomes the largest. */
export function float16Bits(value: number): number {
  single[0] = value;
  const bits = word[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  // Half-way between 65504 and what would come next.
  if (magnitude >= 0x477ff000) return sign | 0x7bff;
  if (magnitude >= 0x38800000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Below the smallest normal number: the sum brings the digits to where they belong and rounds them.
  single[0] = Math.abs(value) + 0.5;
  return sign | ((word[0] ?? 0) - 0x3f000000);
}

/** The number that the bits of a float16 stand for. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The values as float16, little-endian; what is lost is added to `loss`. */
export function toFloat16(values: Float32Array, loss?: RangeLoss): Uint8Array {
  const halves = new Uint16Array(values.length);
  let clamped = 0;
  let vanished = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const bits = float16Bits(value);
    halves[i] = bits;
    if ((bits & 0x7fff) === 0) vanished += value === 0 ? 0 : 1;
    else if ((bits & 0x7fff) === 0x7bff && Math.abs(value) > LARGEST_FLOAT16) clamped += 1;
  }
  if (loss !== undefined) {
    loss.clamped += clamped;
    loss.vanished += vanished;
  }
  return new Uint8Array(halves.buffer);
}
