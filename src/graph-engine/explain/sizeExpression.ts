/** One measured pair: a size that went in, and the one that came out. */
export type Sample = readonly [input: number, output: number];

/** `⌊(scale · size + offset) / divisor⌋`. */
export interface SizeExpression {
  readonly scale: number;
  readonly divisor: number;
  readonly offset: number;
  /** The offset that rounds up fits as well, so the expression is `⌈size / divisor⌉`. */
  readonly roundsUp: boolean;
  /** Every measured size was divided without a rest. */
  readonly exact: boolean;
}

const MAXIMUM_DIVISOR = 64;
const MAXIMUM_SCALE = 64;

/** Offsets that explain all samples: an interval, since a quotient forgets the rest. */
function offsetsFor(samples: readonly Sample[], scale: number, divisor: number): readonly [number, number] | undefined {
  let [low, high] = [-Infinity, Infinity];
  for (const [input, output] of samples) {
    const least = output * divisor - scale * input;
    low = Math.max(low, least);
    high = Math.min(high, least + divisor - 1);
    if (low > high) return undefined;
  }
  return [low, high];
}

/** The simplest linear expression with one rounded division that explains every sample; `undefined` when there is none. */
export function fitSizeExpression(samples: readonly Sample[]): SizeExpression | undefined {
  if (samples.length < 3) return undefined;
  const forms: [number, number][] = [[1, 1]];
  for (let divisor = 2; divisor <= MAXIMUM_DIVISOR; divisor++) forms.push([1, divisor]);
  for (let scale = 2; scale <= MAXIMUM_SCALE; scale++) forms.push([scale, 1]);
  for (const [scale, divisor] of forms) {
    const offsets = offsetsFor(samples, scale, divisor);
    if (offsets === undefined) continue;
    const [low, high] = offsets;
    const within = (offset: number): boolean => offset >= low && offset <= high;
    const offset = within(0) ? 0 : within(divisor - 1) ? divisor - 1 : low > 0 ? low : high;
    return {
      scale,
      divisor,
      offset,
      roundsUp: divisor > 1 && offset !== 0 && within(divisor - 1),
      exact: samples.every(([input]) => (scale * input + offset) % divisor === 0),
    };
  }
  return undefined;
}

/** The expression over a name or a number: `⌈height / 2⌉`, `width − 2`, `channels × 4`. */
export function writeSizeExpression(expression: SizeExpression, of: string): string {
  const { scale, divisor, offset, roundsUp, exact } = expression;
  if (roundsUp) return `⌈${of} / ${divisor}⌉`;
  const scaled = scale === 1 ? of : `${of} × ${scale}`;
  const shifted = offset === 0 ? scaled : `${scaled} ${offset > 0 ? '+' : '−'} ${Math.abs(offset)}`;
  if (divisor === 1) return shifted;
  if (exact) return `${offset === 0 ? shifted : `(${shifted})`} / ${divisor}`;
  return `⌊${offset === 0 ? shifted : `(${shifted})`} / ${divisor}⌋`;
}
