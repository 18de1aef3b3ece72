import { roundToBfloat16 } from './bfloat16.ts';
import type { ElementType, NarrowFloat } from './program.ts';

/** Whether this is one of the floats of two bytes. */
export function isNarrow(dtype: ElementType): dtype is NarrowFloat {
  return dtype === 'bfloat16' || dtype === 'float16';
}

/** What rounds to the nearest value of a narrow float, ties to even. */
export const roundTo: Readonly<Record<NarrowFloat, (value: number) => number>> = {
  bfloat16: roundToBfloat16,
  float16: roundToFloat16,
};

/** From here on a number is nearer to what would come after 65504, the largest float16. */
const OVERFLOW = 65520;
/** The exponent of the smallest normal float16; what is smaller has the same last digit. */
const SMALLEST_EXPONENT = -14;

const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/** The nearest float16 (IEEE 754 binary16), ties to even; what is too large is infinite. */
export function roundToFloat16(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < OVERFLOW)) return Number.isNaN(value) ? value : Math.sign(value) * Infinity;
  single[0] = magnitude;
  const exponent = Math.max(((word[0] ?? 0) >>> 23) - 127, SMALLEST_EXPONENT);
  const last = 2 ** (exponent - 10);
  const count = value / last;
  const below = Math.floor(count);
  const rest = count - below;
  return (rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below) * last;
}
