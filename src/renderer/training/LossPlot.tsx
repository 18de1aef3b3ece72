export interface LossPlotProps {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Drawn behind, such as what is not smoothed. */
  readonly behind?: readonly { readonly x: number; readonly y: number }[];
  readonly logarithmic?: boolean;
  /** A place that is marked. */
  readonly mark?: number | null;
  readonly label: string;
  readonly ends: readonly [string, string];
}

const WIDTH = 460;
const HEIGHT = 150;
const EDGE = 6;

/** A loss over steps or rates; what is far above the rest is cut off. */
export function LossPlot({ points, behind = [], logarithmic = false, mark, label, ends }: LossPlotProps) {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined)
    return <div className="h-[150px] rounded-md border border-line bg-sunken" />;
  const along = (x: number): number => (logarithmic ? Math.log(x) : x);
  const span = Math.max(1e-12, along(last.x) - along(first.x));
  const lowest = Math.min(...[...points, ...behind].map(({ y }) => y));
  const highest = Math.min(
    Math.max(...points.map(({ y }) => y)),
    lowest + 1.5 * Math.max(1e-9, first.y - lowest) + 0.1,
  );
  const xOf = (x: number): number => EDGE + ((along(x) - along(first.x)) / span) * (WIDTH - 2 * EDGE);
  const yOf = (y: number): number => {
    const share = (Math.min(y, highest) - lowest) / Math.max(1e-12, highest - lowest);
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE);
  };
  const lineOf = (line: readonly { readonly x: number; readonly y: number }[]): string =>
    line.map(({ x, y }) => `${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`).join(' ');
  return (
    <figure className="rounded-md border border-line bg-sunken p-2">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="block w-full text-accent" role="img" aria-label={label}>
        <polyline points={lineOf(behind)} fill="none" stroke="currentColor" strokeOpacity={0.3} strokeWidth={1} />
        <polyline points={lineOf(points)} fill="none" stroke="currentColor" strokeWidth={2} strokeLinejoin="round" />
        {typeof mark === 'number' && (
          <line
            x1={xOf(mark)}
            x2={xOf(mark)}
            y1={EDGE}
            y2={HEIGHT - EDGE}
            stroke="var(--color-ink)"
            strokeDasharray="4 3"
            strokeWidth={1.5}
          />
        )}
      </svg>
      <figcaption className="mt-1 flex justify-between text-2xs text-ink-muted tabular-nums">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </figcaption>
    </figure>
  );
}
