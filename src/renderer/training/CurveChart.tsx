import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { themeStore } from '../theme/themeStore.ts';
import type { CurveColumns, CurveFigure } from './curves.ts';
import { formatFigure, formatLoss } from './format.ts';

export interface CurveChartProps {
  readonly figure: CurveFigure;
  readonly columns: CurveColumns;
  readonly logarithmic: boolean;
  /** The run the columns belong to: another run gets a fresh view, more data of the same keeps the zoom. */
  readonly runId: string;
}

const HEIGHT = 148;

/** One chart: training (raw and smoothed) and validation over epochs. Drag to zoom, double-click for everything. */
export function CurveChart({ figure, columns, logarithmic, runId }: CurveChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(columns);
  const theme = useStore(themeStore, (state) => state.theme);
  const title = figure === 'loss' ? 'Loss' : figure.title;

  useEffect(() => {
    latest.current = columns;
  }, [columns]);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const plot = new uPlot(
      chartOptions(figure, logarithmic, element, (index) => {
        if (readout.current !== null) readout.current.textContent = readoutText(figure, latest.current, index);
      }),
      latest.current,
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [figure, logarithmic, theme, runId]);

  useEffect(() => {
    // Metrics come up to thirty times a second; one drawing per frame is enough.
    const frame = requestAnimationFrame(() => {
      const plot = chart.current;
      if (plot === null) return;
      plot.setData(columns, !isZoomed(plot));
      if (readout.current !== null) readout.current.textContent = readoutText(figure, columns, plot.cursor.idx ?? null);
    });
    return () => cancelAnimationFrame(frame);
  }, [columns, figure]);

  return (
    <figure className="flex flex-col" aria-label={`${title} over epochs`}>
      <figcaption className="flex items-baseline justify-between gap-2 text-xs">
        <span className="font-medium text-ink">{title}</span>
        <span ref={readout} className="truncate text-2xs text-ink-muted tabular-nums" />
      </figcaption>
      <div ref={holder} className="w-full" style={{ height: HEIGHT }} />
    </figure>
  );
}

function isZoomed(plot: uPlot): boolean {
  const [epochs] = plot.data;
  const { min, max } = plot.scales['x'] ?? {};
  const first = epochs[0];
  const last = epochs.at(-1);
  if (min === null || min === undefined || max === null || max === undefined) return false;
  return first !== undefined && last !== undefined && (min > first || max < last);
}

function readoutText(figure: CurveFigure, columns: CurveColumns, index: number | null): string {
  const [epochs, raw, , validation] = columns;
  const format = (value: number): string => (figure === 'loss' ? formatLoss(value) : formatFigure(figure, value));
  const at = index ?? epochs.length - 1;
  const epoch = epochs[at];
  if (epoch === undefined) return '';
  const train = valueAtOrBefore(raw, at);
  const measured = valueAtOrBefore(validation, at);
  // Without a pointer it tells the latest values, and how far the run is stands above.
  const parts = index === null ? [] : [`epoch ${epoch.toFixed(2)}`];
  if (train !== null) parts.push(`train ${format(train)}`);
  if (measured !== null) parts.push(`validation ${format(measured)}`);
  return parts.join(' · ');
}

function valueAtOrBefore(values: readonly (number | null)[], index: number): number | null {
  for (let at = index; at >= 0; at--) {
    const value = values[at];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

function chartOptions(
  figure: CurveFigure,
  logarithmic: boolean,
  element: HTMLElement,
  onCursor: (index: number | null) => void,
): uPlot.Options {
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
    width: Math.max(element.clientWidth, 120),
    height: HEIGHT,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: true, y: false, setScale: true } },
    scales: {
      x: { time: false },
      y: isShare ? { range: shareRange } : logarithmic ? { distr: 3, range: logarithmicRange } : {},
    },
    axes: [
      { ...axis, size: 24, gap: 2 },
      {
        ...axis,
        size: 40,
        gap: 4,
        values: (_, ticks) =>
          ticks.map((tick) => (tick === null ? '' : isShare ? `${Math.round(tick * 100)}%` : `${tick}`)),
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
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}

const shareRange: uPlot.Scale.Range = (_, minimum) => [
  Math.max(0, Math.floor((minimum ?? 0) * 10) / 10 - (minimum >= 1 ? 0.1 : 0)),
  1,
];

const logarithmicRange: uPlot.Scale.Range = (_, minimum, maximum) => {
  if (!(minimum > 0) || !(maximum > 0)) return [0.1, 1];
  return [10 ** Math.floor(Math.log10(minimum)), 10 ** Math.ceil(Math.log10(maximum) + 1e-9)];
};
