const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/** The upper half of a float32 whose lower half was rounded away: to nearest, ties to even. */
export function bfloat16Bits(value: number): number {
  single[0] = value;
  const bits = word[0] ?? 0;
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** The nearest bfloat16. */
export function roundToBfloat16(value: number): number {
  word[0] = (bfloat16Bits(value) << 16) >>> 0;
  return single[0] ?? Number.NaN;
}
