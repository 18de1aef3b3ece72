import type { ReactNode } from 'react';

export interface ValuePlotProps {
  readonly title: string;
  readonly across: string;
  readonly upwards: string;
  readonly points: { readonly x: readonly number[]; readonly y: readonly number[] };
  /** `diagonal` where both are equal, `zero` where nothing is left over. */
  readonly ideal: 'diagonal' | 'zero';
  readonly description: string;
  readonly children?: ReactNode;
}

const SIDE = 220;
const LEFT = 52;
const BELOW = 34;

/** A point for each sample, and the line on which a network without errors has all of them. */
export function ValuePlot({ title, across, upwards, points, ideal, description }: ValuePlotProps) {
  const { x, y } = points;
  const both = ideal === 'diagonal' ? [...x, ...y] : undefined;
  const xs = reach(both ?? x);
  const ys = ideal === 'diagonal' ? xs : symmetric(y);
  const left = (value: number): number => ((value - xs.low) / (xs.high - xs.low)) * SIDE;
  const top = (value: number): number => SIDE - ((value - ys.low) / (ys.high - ys.low)) * SIDE;
  // One path for all points: thousands of elements would make the pane slow.
  const dots = x.map((value, index) => `M${left(value).toFixed(1)} ${top(y[index] ?? 0).toFixed(1)}h0`).join('');
  const [from, to] = ideal === 'diagonal' ? [ys.low, ys.high] : [0, 0];
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="text-xs font-medium text-ink">{title}</figcaption>
      <svg
        width={SIDE + LEFT + 8}
        height={SIDE + BELOW + 12}
        viewBox={`${-LEFT} -8 ${SIDE + LEFT + 8} ${SIDE + BELOW + 12}`}
        role="img"
        aria-label={description}
      >
        <rect width={SIDE} height={SIDE} className="fill-sunken stroke-line" />
        <line x1={0} y1={top(from)} x2={SIDE} y2={top(to)} className="stroke-ink-muted" strokeDasharray="4 3" />
        <path
          d={dots}
          className="stroke-accent"
          strokeWidth={4}
          strokeLinecap="round"
          opacity={x.length > 500 ? 0.35 : 0.6}
        />
        <g className="fill-ink-muted text-2xs">
          {[xs.low, (xs.low + xs.high) / 2, xs.high].map((value, index) => (
            <text key={index} x={left(value)} y={SIDE + 14} textAnchor={(['start', 'middle', 'end'] as const)[index]}>
              {written(value, xs)}
            </text>
          ))}
          {[ys.low, (ys.low + ys.high) / 2, ys.high].map((value, index) => (
            <text key={index} x={-6} y={top(value) + 4} textAnchor="end">
              {written(value, ys)}
            </text>
          ))}
          <text x={SIDE / 2} y={SIDE + 28} textAnchor="middle">
            {across}
          </text>
          <text transform={`rotate(-90) translate(${-SIDE / 2} ${-LEFT + 11})`} textAnchor="middle">
            {upwards}
          </text>
        </g>
      </svg>
    </figure>
  );
}

interface Reach {
  readonly low: number;
  readonly high: number;
}

/** From the least to the most, with a margin; never of no length. */
function reach(values: readonly number[]): Reach {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (!(low <= high)) return { low: 0, high: 1 };
  const margin = high > low ? (high - low) * 0.04 : Math.max(1, Math.abs(low)) * 0.5;
  return { low: low - margin, high: high + margin };
}

function symmetric(values: readonly number[]): Reach {
  const { low, high } = reach(values);
  const most = Math.max(Math.abs(low), Math.abs(high), 1e-12);
  return { low: -most, high: most };
}

/** Digits that tell the ends of an axis apart. */
function written(value: number, { low, high }: Reach): string {
  const places = Math.max(0, Math.min(6, 1 - Math.floor(Math.log10((high - low) / 2))));
  if (Math.max(Math.abs(low), Math.abs(high)) >= 1e5) return value.toExponential(1);
  return value.toFixed(places).replace(/^-(0(\.0+)?)$/, '$1');
}
