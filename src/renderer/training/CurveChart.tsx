import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Metrics, RunId } from '../../contract/run.ts';
import { themeStore } from '../theme/themeStore.ts';
import { CURVE_HEIGHT, curveOptions, placeText, valuesAt } from './curveOptions.ts';
import { createCurveBuilder, type CurveColumns, type CurveFigure } from './curves.ts';
import { curveView, keyedRange, rangeWithin, useCurveView, zoomCurves, type CurveRange } from './curveView.ts';
import { followPointer } from './followPointer.ts';

export interface CurveChartProps {
  readonly figure: CurveFigure;
  readonly metrics: readonly Metrics[];
  /** The run the metrics belong to. */
  readonly run: RunId;
}

const AXIS_NAMES = { epoch: 'epochs', step: 'steps', time: 'time' } as const;

/**
 * One chart: training (raw and smoothed) and validation. Drag to zoom, with Shift or the middle button to pan, Ctrl and the
 * wheel to zoom about the pointer, double-click for everything; plus, minus, arrows and Home do the same. What is zoomed to
 * stays while data come.
 */
export function CurveChart({ figure, metrics, run }: CurveChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const chart = useRef<uPlot | null>(null);
  const theme = useStore(themeStore, (state) => state.theme);
  const { axis, smoothing, train, validation } = useCurveView((view) => view);
  // A share lies between 0 and 1, where a logarithm shows nothing more.
  const logarithmic = useCurveView((view) => view.logarithmic) && (figure === 'loss' || figure.unit !== 'share');
  const zoom = useCurveView((view) => (view.zoom?.run === run ? view.zoom.range : null));
  const builder = useMemo(
    () => createCurveBuilder(figure, { axis, smoothing, logarithmic }),
    [figure, axis, smoothing, logarithmic],
  );
  const latest = useRef<CurveColumns>([[], [], [], []]);
  const title = figure === 'loss' ? 'Loss' : figure.title;

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const options = curveOptions({ figure, logarithmic, axis, width: element.clientWidth });
    const tooltip = document.createElement('div');
    tooltip.className = 'sw-curve-tooltip';
    const plot = new uPlot(
      {
        ...options,
        hooks: {
          setSelect: [
            ({ select, posToVal }) => {
              if (select.width < 4) return;
              zoomCurves(run, { from: posToVal(select.left, 'x'), to: posToVal(select.left + select.width, 'x') });
            },
          ],
          setCursor: [
            ({ cursor: { idx, left } }) => tell(tooltip, figure, axis, latest.current, idx ?? null, left ?? 0),
          ],
        },
      },
      latest.current,
      element,
    );
    plot.over.append(tooltip);
    const forget = followPointer(plot, {
      range: () => shownRange(plot),
      whole: () => wholeRange(latest.current),
      onRange: (range) => zoomCurves(run, range),
    });
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: CURVE_HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      forget();
      plot.destroy();
      chart.current = null;
    };
  }, [figure, logarithmic, axis, theme, run]);

  useEffect(() => {
    // Metrics come up to thirty times a second; one drawing per frame is enough.
    const frame = requestAnimationFrame(() => {
      const plot = chart.current;
      latest.current = builder.update(metrics);
      if (readout.current !== null) {
        readout.current.textContent = valuesAt(figure, latest.current, latest.current[0].length - 1)
          .map(({ name, value }) => `${name} ${value}`)
          .join(' · ');
      }
      if (plot === null) return;
      plot.batch(() => {
        plot.setData(latest.current, false);
        for (const [index, show] of [train, train, validation].entries()) {
          if (plot.series[index + 1]?.show !== show) plot.setSeries(index + 1, { show });
        }
        const { from, to } = zoom ?? wholeRange(latest.current);
        plot.setScale('x', { min: from, max: to });
        if (plot.select.width > 0) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      });
    });
    return () => cancelAnimationFrame(frame);
    // The chart that another theme or axis makes starts empty.
  }, [builder, metrics, figure, zoom, train, validation, theme, axis, logarithmic, run]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const whole = wholeRange(latest.current);
    const range = curveView.getState().zoom?.range ?? whole;
    const next = keyedRange(event.key, range);
    if (next === undefined) return;
    event.preventDefault();
    zoomCurves(run, next === null ? null : rangeWithin(next, whole));
  };

  return (
    <figure
      className="flex flex-col rounded-sm"
      aria-label={`${title} over ${AXIS_NAMES[axis]}. Plus and minus zoom, arrows move, Home shows all.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      data-testid={`curve-${figure === 'loss' ? 'loss' : figure.key}`}
      data-from={zoom?.from}
      data-to={zoom?.to}
    >
      <figcaption className="flex items-baseline justify-between gap-2 text-xs">
        <span className="font-medium text-ink">{title}</span>
        <span ref={readout} className="truncate text-2xs text-ink-muted tabular-nums" />
      </figcaption>
      <div ref={holder} className="w-full" style={{ height: CURVE_HEIGHT }} />
    </figure>
  );
}

function wholeRange([places]: CurveColumns): CurveRange {
  const [from = 0, to = 1] = [places[0], places.at(-1)];
  return to > from ? { from, to } : { from: from - 0.5, to: from + 0.5 };
}

function shownRange({ scales }: uPlot): CurveRange {
  const { min, max } = scales['x'] ?? {};
  return { from: min ?? 0, to: max ?? 1 };
}

/** Writes what stands at a place beside the pointer; without one, nothing. */
function tell(
  tooltip: HTMLElement,
  figure: CurveFigure,
  axis: keyof typeof AXIS_NAMES,
  columns: CurveColumns,
  index: number | null,
  left: number,
): void {
  const place = index === null ? undefined : columns[0][index];
  tooltip.hidden = place === undefined || left < 0;
  if (index === null || place === undefined) return;
  tooltip.replaceChildren(
    ...[{ name: '', value: placeText(axis, place) }, ...valuesAt(figure, columns, index)].map(({ name, value }) => {
      const line = document.createElement('div');
      line.textContent = name === '' ? value : `${name} ${value}`;
      return line;
    }),
  );
  const room = tooltip.parentElement?.clientWidth ?? 0;
  tooltip.style.left = left > room / 2 ? 'auto' : `${left + 10}px`;
  tooltip.style.right = left > room / 2 ? `${room - left + 10}px` : 'auto';
}
