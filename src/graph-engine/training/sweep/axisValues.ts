import type { ParameterValue } from '../../document/schema.ts';
import type { SweepRange } from './sweepPlan.ts';

/** Digits that tell: `0.003728` is as good as seventeen of them, and can be read. */
const DIGITS = 4;

/** The values of a range in a grid, ends included, each once. */
export function gridValues(range: SweepRange): readonly ParameterValue[] {
  if (range.kind === 'values') return range.values;
  const { steps } = range;
  const values = Array.from({ length: steps }, (_, step) => valueAlong(range, step / (steps - 1)));
  return [...new Set(values)];
}

/** How many values a grid has on an axis. */
export function gridSize(range: SweepRange): number {
  return gridValues(range).length;
}

/** The value of a range for a random word of 32 bits: each listed value and each whole number is as likely as another. */
export function drawnValue(range: SweepRange, word: number): ParameterValue {
  const share = word / 0x100000000;
  if (range.kind === 'values') return range.values[Math.floor(share * range.values.length)] ?? 0;
  const { from, to, kind, integer } = range;
  if (integer !== true || kind === 'log') return valueAlong(range, share);
  const [least, most] = [Math.ceil(Math.min(from, to)), Math.floor(Math.max(from, to))];
  return least + Math.floor(share * (most - least + 1));
}

/** The value at a share of the way from one end to the other. */
function valueAlong({ kind, from, to, integer }: Exclude<SweepRange, { kind: 'values' }>, share: number): number {
  if (share === 0) return integer === true ? Math.round(from) : from;
  if (share === 1) return integer === true ? Math.round(to) : to;
  const value = kind === 'log' ? from * (to / from) ** share : from + share * (to - from);
  if (integer === true) return Math.round(value);
  const rounded = Number(value.toPrecision(DIGITS));
  // Rounded, it must not leave a narrow range.
  return Math.min(Math.max(rounded, Math.min(from, to)), Math.max(from, to));
}
