export interface NumberBounds {
  readonly integer?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The minimum or maximum itself is not allowed. */
  readonly minimumExcluded?: boolean;
  readonly maximumExcluded?: boolean;
}

export type ParsedNumber =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: string };

/** Reads a number as typed (`32`, `0.001`, `1e-3`, `1,000`) within bounds; the error is a sentence for the user. */
export function parseNumber(text: string, bounds: NumberBounds = {}): ParsedNumber {
  const compact = text
    .trim()
    .replace(/[\s_]/g, '')
    .replace(/,(?=\d{3}(\D|$))/g, '')
    .replace(',', '.');
  if (compact === '') return { ok: false, error: 'A number is needed.' };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(compact))
    return { ok: false, error: `“${text.trim()}” is not a number.` };
  const value = Number(compact);
  if (!Number.isFinite(value)) return { ok: false, error: 'This number is too large.' };
  if (bounds.integer === true && !Number.isInteger(value)) return { ok: false, error: 'A whole number is needed.' };
  const { minimum, maximum, minimumExcluded = false, maximumExcluded = false } = bounds;
  if (minimum !== undefined && (minimumExcluded ? value <= minimum : value < minimum)) {
    return { ok: false, error: `Must be ${minimumExcluded ? 'more than' : 'at least'} ${formatNumber(minimum)}.` };
  }
  if (maximum !== undefined && (maximumExcluded ? value >= maximum : value > maximum)) {
    return { ok: false, error: `Must be ${maximumExcluded ? 'less than' : 'at most'} ${formatNumber(maximum)}.` };
  }
  return { ok: true, value };
}

/** A number as one would type it: short, without thousands separators. */
export function formatNumber(value: number): string {
  return String(value);
}

/** The value one arrow key away: a step of one for integers, of a tenth of the leading digit's weight otherwise. */
export function stepNumber(value: number, direction: 1 | -1, bounds: NumberBounds): number {
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  // Below a power of ten the next smaller digit is stepped, so that 0.001 goes down to 0.0009 and never to 0.
  const shrinking = Math.sign(value) !== direction && Math.abs(value) === 10 ** magnitude;
  const step = bounds.integer === true ? 1 : 10 ** (shrinking ? magnitude - 1 : magnitude);
  const next = Number((value + direction * step).toPrecision(12));
  const parsed = parseNumber(String(next), bounds);
  return parsed.ok ? next : value;
}
