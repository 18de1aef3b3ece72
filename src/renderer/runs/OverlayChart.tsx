import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import '../training/curves.css';
import { curveOptions, placeText } from '../training/curveOptions.ts';
import { keyedRange, rangeWithin, type CurveRange } from '../training/curveView.ts';
import { followPointer } from '../training/followPointer.ts';
import { formatFigure } from '../training/format.ts';
import { themeStore } from '../theme/themeStore.ts';
import { joinCurves, thinCurve, valueAt, wholeRange, type OverlayFigure } from './overlay.ts';
import type { DrawnCurve } from './overlaySvg.ts';
import { markedPoints, markerPath } from './runMarks.ts';
import { runsView, useRunsView } from './runsView.ts';

const HEIGHT = 190;
const AXIS_NAMES = { epoch: 'epochs', step: 'steps', time: 'time' } as const;

export interface OverlayChartProps {
  readonly figure: OverlayFigure;
  /** Curves of all chosen runs; those of runs without this figure are empty. */
  readonly curves: readonly DrawnCurve[];
}

/**
 * Curves of several runs over each other. Drag to zoom, with Shift or the middle button to pan, Ctrl and the wheel to zoom,
 * double-click for everything; plus, minus, arrows and Home do the same. All charts show the same part.
 */
export function OverlayChart({ figure, curves }: OverlayChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const theme = useStore(themeStore, (state) => state.theme);
  const axis = useRunsView((view) => view.axis);
  const zoom = useRunsView((view) => view.zoom);
  const logarithmic = useRunsView((view) => view.logarithmic) && figure.unit !== 'share';
  const whole = useMemo(() => wholeRange(curves.map(({ curve }) => curve)), [curves]);
  const latest = useRef({ curves, whole });
  // The look of the lines: a chart is made anew when another run comes or goes, not with every number.
  const looks = curves.map(({ name, mark }) => `${name}\n${mark.colour}\n${mark.marker}`).join('\n\n');

  useEffect(() => {
    latest.current = { curves, whole };
  }, [curves, whole]);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const look = { figure: figureOf(figure), logarithmic, axis, width: element.clientWidth };
    const options = curveOptions(look);
    const style = getComputedStyle(document.documentElement);
    const colourOf = (name: string): string => style.getPropertyValue(`--color-${name}`).trim();
    const tooltip = document.createElement('div');
    tooltip.className = 'sw-curve-tooltip';
    const plot = new uPlot(
      {
        ...options,
        height: HEIGHT,
        series: [
          {},
          ...latest.current.curves.map(({ name, mark }) => ({
            label: name,
            stroke: colourOf(mark.colour),
            width: 1.75,
            dash: [...mark.dash],
            points: { show: false },
            spanGaps: true,
          })),
        ],
        hooks: {
          draw: [(drawn) => drawMarkers(drawn, latest.current.curves, colourOf)],
          setSelect: [
            ({ select, posToVal }) => {
              if (select.width < 4) return;
              zoomTo({ from: posToVal(select.left, 'x'), to: posToVal(select.left + select.width, 'x') });
            },
          ],
          setCursor: [
            ({ cursor: { left = -1 }, posToVal }) =>
              tell(tooltip, figure, axis, latest.current.curves, left, left < 0 ? 0 : posToVal(left, 'x'), colourOf),
          ],
        },
      },
      joinCurves([]),
      element,
    );
    plot.over.append(tooltip);
    const forget = followPointer(plot, {
      range: () => runsView.getState().zoom ?? latest.current.whole,
      whole: () => latest.current.whole,
      onRange: zoomTo,
    });
    chart.current = plot;
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: Math.max(120, element.clientWidth), height: HEIGHT }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      forget();
      plot.destroy();
      chart.current = null;
    };
  }, [figure, logarithmic, axis, theme, looks]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const plot = chart.current;
      if (plot === null) return;
      plot.batch(() => {
        plot.setData(joinCurves(curves.map(({ curve }) => thinCurve(curve, zoom))), false);
        const { from, to } = zoom ?? whole;
        plot.setScale('x', { min: from, max: to });
        if (plot.select.width > 0) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      });
    });
    return () => cancelAnimationFrame(frame);
    // A chart that is made anew starts empty.
  }, [curves, whole, zoom, figure, logarithmic, axis, theme, looks]);

  function onKeyDown(event: KeyboardEvent): void {
    const next = keyedRange(event.key, zoom ?? whole);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    zoomTo(next === null ? null : rangeWithin(next, whole));
  }

  const isEmpty = curves.every(({ curve }) => curve.places.length === 0);
  return (
    <figure
      className="flex min-w-0 flex-col rounded-sm"
      aria-label={`${figure.title} over ${AXIS_NAMES[axis]} of ${curves.map(({ name }) => name).join(', ')}. Plus and minus zoom, arrows move, Home shows all.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      data-testid={`overlay-${figure.key.replaceAll(' ', '-')}`}
      data-from={zoom?.from}
      data-to={zoom?.to}
      data-points={curves.map(({ curve }) => curve.places.length).join(' ')}
    >
      <figcaption className="flex items-baseline gap-2 text-xs font-medium text-ink">
        {figure.title}
        {isEmpty && <span className="text-2xs font-normal text-ink-muted">none of these runs has it</span>}
      </figcaption>
      <div ref={holder} className="w-full" style={{ height: HEIGHT }} />
    </figure>
  );
}

function zoomTo(range: CurveRange | null): void {
  runsView.setState({ zoom: range === null || !(range.to > range.from) ? null : range });
}

function figureOf({ key, title, unit }: OverlayFigure) {
  return { key, title, unit, better: 'lower' } as const;
}

function drawMarkers(plot: uPlot, curves: readonly DrawnCurve[], colourOf: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const { min, max } = plot.scales['x'] ?? {};
  if (min === undefined || max === undefined) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 4 * ratio, bbox.width + 4 * ratio, bbox.height + 8 * ratio);
  ctx.clip();
  for (const { mark, curve } of curves) {
    const { d, filled } = markerPath(mark.marker, 7 * ratio);
    const shape = new Path2D(d);
    const { places, values } = thinCurve(curve, { from: min, to: max });
    ctx.strokeStyle = ctx.fillStyle = colourOf(mark.colour);
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([]);
    for (const index of markedPoints(places.length)) {
      const [place, value] = [places[index] ?? 0, values[index] ?? 0];
      if (place < min || place > max) continue;
      ctx.save();
      ctx.translate(plot.valToPos(place, 'x', true), plot.valToPos(value, 'y', true));
      if (filled) ctx.fill(shape);
      ctx.stroke(shape);
      ctx.restore();
    }
  }
  ctx.restore();
}

/** Writes beside the pointer what every curve says there. */
function tell(
  tooltip: HTMLElement,
  figure: OverlayFigure,
  axis: keyof typeof AXIS_NAMES,
  curves: readonly DrawnCurve[],
  left: number,
  place: number,
  colourOf: (name: string) => string,
): void {
  tooltip.hidden = left < 0;
  if (left < 0) return;
  const lines = curves.flatMap(({ name, mark, curve }) => {
    const value = valueAt(curve, place);
    return value === undefined
      ? []
      : [{ text: `${formatFigure(figure, value)}  ${name}`, colour: colourOf(mark.colour) }];
  });
  tooltip.replaceChildren(
    ...[{ text: placeText(axis, place), colour: '' }, ...lines].map(({ text, colour }) => {
      const line = document.createElement('div');
      line.textContent = text;
      if (colour !== '') {
        line.style.borderLeft = `3px solid ${colour}`;
        line.style.paddingLeft = '5px';
      }
      return line;
    }),
  );
  const room = tooltip.parentElement?.clientWidth ?? 0;
  tooltip.style.left = left > room / 2 ? 'auto' : `${left + 10}px`;
  tooltip.style.right = left > room / 2 ? `${room - left + 10}px` : 'auto';
}
