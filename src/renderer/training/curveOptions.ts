import type uPlot from 'uplot';
import type { CurveAxis, CurveColumns, CurveFigure } from './curves.ts';
import { formatCount, formatDuration, formatFigure, formatLoss } from './format.ts';

export const CURVE_HEIGHT = 148;

export interface CurveLook {
  readonly figure: CurveFigure;
  readonly logarithmic: boolean;
  readonly axis: CurveAxis;
  readonly width: number;
}

/** How a chart looks, in the colours of the theme. */
export function curveOptions({ figure, logarithmic, axis: over, width }: CurveLook): uPlot.Options {
  const isShare = figure !== 'loss' && figure.unit === 'share';
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--color-${name}`).trim();
  const font = `10.5px ${style.getPropertyValue('--font-sans')}`;
  const train = colour('curve-train');
  const axis: uPlot.Axis = {
    stroke: colour('ink-muted'),
    font,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.max(width, 120),
    height: CURVE_HEIGHT,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    // Zooming is done by whoever owns the charts, so that all of them show the same part.
    cursor: { points: { size: 6 }, drag: { x: true, y: false, setScale: false }, sync: { key: 'curves' }, y: false },
    scales: {
      x: { time: false },
      y: isShare ? { range: shareRange } : logarithmic ? { distr: 3, range: logarithmicRange } : {},
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 2,
        values: (_, ticks) => ticks.map((tick) => (over === 'time' ? shortTime(tick) : formatTick(tick))),
      },
      {
        ...axis,
        size: 40,
        gap: 4,
        values: (_, ticks) =>
          ticks.map((tick) => (tick === null ? '' : isShare ? `${Math.round(tick * 100)}%` : shortValue(tick))),
      },
    ],
    series: [
      {},
      { stroke: `color-mix(in srgb, ${train} 35%, transparent)`, width: 1, points: { show: false }, spanGaps: true },
      { stroke: train, width: 1.5, points: { show: false }, spanGaps: true },
      {
        stroke: colour('curve-validation'),
        width: 2,
        points: { show: true, size: 5, fill: colour('curve-validation') },
        spanGaps: true,
      },
    ],
  };
}

/** What the curves say at a place: of each the value there or the last one before. */
export function valuesAt(
  figure: CurveFigure,
  [, raw, , validation]: CurveColumns,
  index: number,
): readonly { readonly name: string; readonly value: string }[] {
  const format = (value: number): string => (figure === 'loss' ? formatLoss(value) : formatFigure(figure, value));
  const named = [
    ['train', valueAtOrBefore(raw, index)],
    ['validation', valueAtOrBefore(validation, index)],
  ] as const;
  return named.flatMap(([name, value]) => (value === null ? [] : [{ name, value: format(value) }]));
}

/** A place in words: `epoch 2.31`, `step 1 204`, `3 min 12 s`. */
export function placeText(axis: CurveAxis, place: number): string {
  if (axis === 'time') return formatDuration(place);
  return axis === 'step' ? `step ${formatCount(place)}` : `epoch ${place.toFixed(2)}`;
}

function formatTick(tick: number): string {
  return Math.abs(tick) >= 10_000 ? formatCount(tick) : String(tick);
}

/** What fits beside the axis: `0.25`, `4e6`. */
function shortValue(tick: number): string {
  const plain = String(tick);
  return plain.length <= 5 ? plain : tick.toExponential().replace('e+', 'e');
}

/** `45 s`, `2:30`, `1:04:00`. */
function shortTime(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number: number): string => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function valueAtOrBefore(values: readonly (number | null)[], index: number): number | null {
  for (let at = index; at >= 0; at--) {
    const value = values[at];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

const shareRange: uPlot.Scale.Range = (_, minimum) => [
  Math.max(0, Math.floor((minimum ?? 0) * 10) / 10 - (minimum >= 1 ? 0.1 : 0)),
  1,
];

const logarithmicRange: uPlot.Scale.Range = (_, minimum, maximum) => {
  if (!(minimum > 0) || !(maximum > 0)) return [0.1, 1];
  return [10 ** Math.floor(Math.log10(minimum)), 10 ** Math.ceil(Math.log10(maximum) + 1e-9)];
};
