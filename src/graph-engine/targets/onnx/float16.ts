const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/** The largest finite float16. */
export const LARGEST_FLOAT16 = 65504;

/** The same, and the bounds between which a number is a normal one in both, as bits of a float32. */
const LARGEST_BITS = 0x477fe000;
const SMALLEST_NORMAL = 0x38800000;
const BEYOND = 0x477ff000;

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
  return halfOf(word[0] ?? 0);
}

/** The same from the bits of a float32. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  // Half-way between 65504 and what would come next.
  if (magnitude >= BEYOND) return sign | 0x7bff;
  if (magnitude >= SMALLEST_NORMAL) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Below the smallest normal number: the sum brings the digits to where they belong and rounds them.
  word[0] = magnitude;
  single[0] = (single[0] ?? 0) + 0.5;
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
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  let clamped = 0;
  let vanished = 0;
  for (let i = 0; i < words.length; i++) {
    const bits = words[i] ?? 0;
    const magnitude = bits & 0x7fffffff;
    // Nearly all weights are normal numbers on both sides.
    if (magnitude >= SMALLEST_NORMAL && magnitude < BEYOND) {
      halves[i] = ((bits >>> 16) & 0x8000) | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
      continue;
    }
    const half = halfOf(bits);
    halves[i] = half;
    if ((half & 0x7fff) === 0) vanished += magnitude === 0 ? 0 : 1;
    else if ((half & 0x7fff) === 0x7bff && magnitude > LARGEST_BITS) clamped += 1;
  }
  if (loss !== undefined) {
    loss.clamped += clamped;
    loss.vanished += vanished;
  }
  return new Uint8Array(halves.buffer);
}
