import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { themeStore } from '../theme/themeStore.ts';
import { formatSmall } from './trainingFigures.ts';

export interface FigureChartProps {
  readonly label: string;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
  readonly logarithmic: boolean;
  /** The step that is looked at. */
  readonly at: number | undefined;
  readonly onPick: (step: number) => void;
}

const HEIGHT = 88;

/** One figure of a node over the steps of a run; a press looks at the step. */
export function FigureChart({ label, steps, values, logarithmic, at, onPick }: FigureChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ steps, values, at, onPick });
  const theme = useStore(themeStore, (state) => state.theme);

  useEffect(() => {
    latest.current = { steps, values, at, onPick };
    chart.current?.setData([[...steps], [...values]]);
  }, [steps, values, at, onPick]);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(`--color-${name}`).trim();
    const font = `10px ${style.getPropertyValue('--font-sans')}`;
    const axis: uPlot.Axis = {
      stroke: colour('ink-muted'),
      font,
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
    };
    const plot = new uPlot(
      {
        width: Math.max(120, element.clientWidth),
        height: HEIGHT,
        padding: [6, 6, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 5 }, y: false },
        scales: { x: { time: false }, y: logarithmic ? { distr: 3 } : {} },
        axes: [
          { ...axis, size: 20, gap: 2 },
          {
            ...axis,
            size: 46,
            gap: 4,
            space: 26,
            values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatSmall(tick))),
          },
        ],
        series: [{}, { stroke: colour('accent'), width: 1.5, points: { show: false }, spanGaps: true }],
        hooks: {
          draw: [
            ({ ctx, bbox, valToPos }) => {
              const { at: shown } = latest.current;
              if (shown === undefined) return;
              const x = Math.round(valToPos(shown, 'x', true));
              ctx.save();
              ctx.strokeStyle = colour('ink-faint');
              ctx.setLineDash([4, 4]);
              ctx.beginPath();
              ctx.moveTo(x, bbox.top);
              ctx.lineTo(x, bbox.top + bbox.height);
              ctx.stroke();
              ctx.restore();
            },
          ],
        },
      },
      [[...latest.current.steps], [...latest.current.values]],
      element,
    );
    plot.over.addEventListener('click', () => {
      const step = latest.current.steps[plot.cursor.idx ?? -1];
      if (step !== undefined) latest.current.onPick(step);
    });
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [logarithmic, theme]);

  return <div ref={holder} role="img" aria-label={label} className="w-full" style={{ height: HEIGHT }} />;
}
