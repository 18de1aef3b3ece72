import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ComparedPoint } from '../../graph-engine/variance/compareVariance.ts';
import { themeStore } from '../theme/themeStore.ts';

const HEIGHT = 260;

export interface VarianceChartProps {
  readonly points: readonly ComparedPoint[];
  readonly onPoint: (index: number) => void;
  readonly onChoose: (index: number) => void;
}

type Column = (number | null)[];

/** Only what is above zero has a place on a logarithmic axis. */
function positive(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value > 0 && Number.isFinite(value) ? value : null;
}

function columnsOf(points: readonly ComparedPoint[]): [number[], Column, Column, Column, Column] {
  return [
    points.map((_, index) => index),
    points.map(({ variance }) => positive(variance)),
    points.map(({ measured }) => positive(measured?.variance)),
    points.map(({ gradient }) => positive(gradient)),
    points.map(({ measured }) => positive(measured?.gradient)),
  ];
}

/** Variances of signals (left axis) and gradients (right axis) over the nodes in the order of computation; a press goes to a node. */
export function VarianceChart({ points, onPoint, onChoose }: VarianceChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const handlers = useRef({ onPoint, onChoose });
  const theme = useStore(themeStore, (state) => state.theme);
  useEffect(() => {
    handlers.current = { onPoint, onChoose };
  }, [onPoint, onChoose]);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(`--color-${name}`).trim();
    const [signal, gradient] = [colour('curve-validation'), colour('family-activation')];
    const axis: uPlot.Axis = {
      stroke: colour('ink-muted'),
      font: `10.5px ${style.getPropertyValue('--font-sans')}`,
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
    };
    const exponents = (_: uPlot, ticks: (number | null)[]) =>
      ticks.map((tick) => (tick === null ? '' : tick.toExponential(0)));
    const line = (stroke: string, scale: string, dash?: number[]): uPlot.Series => ({
      stroke,
      scale,
      width: dash === undefined ? 1.8 : 1.4,
      points: { show: false },
      ...(dash !== undefined && { dash }),
    });
    const plot = new uPlot(
      {
        width: Math.max(element.clientWidth, 200),
        height: HEIGHT,
        legend: { show: false },
        cursor: { points: { size: 6 }, drag: { x: false, y: false } },
        scales: { x: { time: false }, signal: { distr: 3 }, gradient: { distr: 3 } },
        axes: [
          { ...axis, size: 24 },
          { ...axis, scale: 'signal', size: 48, values: exponents },
          { ...axis, scale: 'gradient', side: 1, size: 48, grid: { show: false }, values: exponents },
        ],
        series: [
          {},
          line(signal, 'signal', [5, 4]),
          line(signal, 'signal'),
          line(gradient, 'gradient', [5, 4]),
          line(gradient, 'gradient'),
        ],
        hooks: {
          setCursor: [
            ({ cursor: { idx } }) => {
              if (idx !== null && idx !== undefined) handlers.current.onPoint(idx);
            },
          ],
        },
      },
      columnsOf(points),
      element,
    );
    // Not where the cursor is drawn, which follows the pointer a frame later.
    const choose = ({ offsetX }: MouseEvent): void => handlers.current.onChoose(plot.posToIdx(offsetX));
    plot.over.addEventListener('click', choose);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [points, theme]);

  return <div ref={holder} className="w-full cursor-pointer" style={{ height: HEIGHT }} data-testid="variance-chart" />;
}
