import { useMemo, useRef, useState, type PointerEvent } from 'react';
import type { RunId } from '../../contract/run.ts';
import { AxisHeader } from './AxisHeader.tsx';
import { BrushHandle } from './BrushHandle.tsx';
import {
  isThrough,
  moved,
  type Brushes,
  type CoordinateAxis,
  type CoordinateLine,
  type Coordinates,
} from './parallelModel.ts';
import { qualityColour } from './qualityColour.ts';
import { useSize } from './useSize.ts';

/** Above and below the axes. */
const MARGIN = 14;
/** Beside the outer axes, for their names and ticks. */
const LEFT = 46;
const RIGHT = 62;
/** Axes that stand closer are scrolled. */
const CLOSEST = 92;
/** Pixels from a line within which the pointer means it. */
const REACH = 12;
/** Pixels that a press may move and still be a press. */
const STILL = 4;

export interface ParallelCoordinatesProps {
  readonly coordinates: Coordinates;
  /** Of the axes, in pixels. */
  readonly height: number;
  /** Keys of the axes from left to right. */
  readonly order: readonly string[];
  readonly onOrder: (order: readonly string[]) => void;
  readonly brushes: Brushes;
  readonly onBrushes: (brushes: Brushes) => void;
  readonly hovered: RunId | null;
  readonly onHover: (run: RunId | null) => void;
  readonly selected: RunId | null;
  readonly onSelect: (run: RunId) => void;
}

/** Where places of axes are in a drawing, in pixels from above, and back. */
interface Upright {
  readonly height: number;
  readonly yOf: (place: number) => number;
  readonly placeOf: (y: number) => number;
}

function uprightOf(height: number): Upright {
  const length = height - 2 * MARGIN;
  return {
    height,
    yOf: (place) => MARGIN + (1 - place) * length,
    placeOf: (y) => Math.min(1, Math.max(0, 1 - (y - MARGIN) / length)),
  };
}

/** Every trial as a line over upright axes; axes can be moved, and ranges of them choose trials. */
export function ParallelCoordinates(props: ParallelCoordinatesProps) {
  const { coordinates, height, order, onOrder, brushes, onBrushes, hovered, onHover, selected, onSelect } = props;
  const holder = useRef<HTMLDivElement>(null);
  const room = useSize(holder).width;
  const upright = useMemo(() => uprightOf(height), [height]);
  const axes = order.flatMap((key) => coordinates.axes.find((axis) => axis.key === key) ?? []);
  const width = Math.max(room, LEFT + RIGHT + (axes.length - 1) * CLOSEST);
  const xOf = (index: number): number => LEFT + (index * (width - LEFT - RIGHT)) / Math.max(1, axes.length - 1);
  const spacing = xOf(1) - xOf(0);
  const isOuter = (index: number): boolean => index === 0 || index === axes.length - 1;
  const change = (key: string, range: readonly [number, number] | null): void => {
    const { [key]: _before, ...others } = brushes;
    onBrushes(range === null || (range[0] <= 0 && range[1] >= 1) ? others : { ...others, [key]: range });
  };
  const move = (key: string, to: number): void => onOrder(moved(order, order.indexOf(key), to));

  function lineNear(event: PointerEvent<SVGSVGElement>): RunId | null {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [nearest, distance]: [RunId | null, number] = [null, REACH];
    for (const line of coordinates.lines) {
      const at = heightAt(line, axes, { xOf, yOf: upright.yOf }, x);
      if (at === undefined || Math.abs(at - y) >= distance || !isThrough(line, brushes)) continue;
      [nearest, distance] = [line.attempt.run, Math.abs(at - y)];
    }
    return nearest;
  }

  // What is best, and what is looked at, lies on top.
  const rank = ({ attempt: { run }, quality }: CoordinateLine): number =>
    run === selected ? 3 : run === hovered ? 4 : (quality ?? -1);
  const lines = coordinates.lines.toSorted((a, b) => rank(a) - rank(b));
  return (
    <div ref={holder} className="overflow-x-auto overflow-y-hidden" data-testid="parallel-coordinates">
      <div className="relative" style={{ width }}>
        <div className="relative h-10" role="group" aria-label="Axes, which arrow keys move">
          {axes.map((axis, index) => (
            <AxisHeader
              key={axis.key}
              axis={axis}
              place={index}
              count={axes.length}
              x={xOf(index)}
              // The outer ones have no neighbour, but an edge.
              width={isOuter(index) ? Math.min(spacing, 2 * LEFT) : spacing - 4}
              onMove={(to) => move(axis.key, to)}
              placeAt={(x) => Math.round(((x - LEFT) / Math.max(1, width - LEFT - RIGHT)) * (axes.length - 1))}
            />
          ))}
        </div>
        <svg
          width={width}
          height={height}
          role="group"
          aria-label={`${coordinates.lines.length} trials as lines over ${axes.length} axes; the table below has the same`}
          onPointerMove={(event) => onHover(lineNear(event))}
          onPointerLeave={() => onHover(null)}
          onClick={(event) => {
            const run = lineNear(event as PointerEvent<SVGSVGElement>);
            if (run !== null) onSelect(run);
          }}
        >
          <g fill="none" aria-hidden>
            {lines.map((line) => (
              <Line
                key={line.attempt.run}
                line={line}
                path={pathOf(line, axes, { xOf, yOf: upright.yOf })}
                through={isThrough(line, brushes)}
                looked={line.attempt.run === hovered}
                selected={line.attempt.run === selected}
              />
            ))}
          </g>
          {axes.map((axis, index) => (
            <Axis
              key={axis.key}
              axis={axis}
              upright={upright}
              x={xOf(index)}
              range={brushes[axis.key]}
              onRange={(range) => change(axis.key, range)}
            />
          ))}
        </svg>
      </div>
    </div>
  );
}

interface Paper {
  readonly xOf: (index: number) => number;
  readonly yOf: (place: number) => number;
}

/** From point to point; a gap where a line has no place. */
function pathOf({ places }: CoordinateLine, axes: readonly CoordinateAxis[], { xOf, yOf }: Paper): string {
  let pen = 'M';
  return axes
    .flatMap(({ key }, index) => {
      const place = places[key];
      if (place === undefined) {
        pen = 'M';
        return [];
      }
      const command = `${pen}${xOf(index).toFixed(1)} ${yOf(place).toFixed(1)}`;
      pen = 'L';
      return [command];
    })
    .join('');
}

/** Where a line is at `x`. */
function heightAt(
  { places }: CoordinateLine,
  axes: readonly CoordinateAxis[],
  { xOf, yOf }: Paper,
  x: number,
): number | undefined {
  const right = axes.findIndex((_, index) => xOf(index) >= x);
  const [before, after] = [axes[right - 1], axes[right]];
  if (before === undefined || after === undefined) return undefined;
  const [from, to] = [places[before.key], places[after.key]];
  if (from === undefined || to === undefined) return undefined;
  const share = (x - xOf(right - 1)) / (xOf(right) - xOf(right - 1));
  return yOf(from + share * (to - from));
}

interface LineProps {
  readonly line: CoordinateLine;
  readonly path: string;
  readonly through: boolean;
  readonly looked: boolean;
  readonly selected: boolean;
}

function Line({ line: { attempt, quality }, path, through, looked, selected }: LineProps) {
  const { status } = attempt.outcome;
  const stroke =
    quality !== undefined
      ? qualityColour(quality)
      : status === 'failed'
        ? 'var(--color-danger)'
        : 'var(--color-ink-faint)';
  return (
    <path
      d={path}
      style={{ stroke }}
      strokeWidth={looked || selected ? 3.5 : 1.5}
      strokeLinejoin="round"
      strokeDasharray={status === 'done' ? undefined : '4 4'}
      opacity={looked || selected ? 1 : through ? 0.8 : 0.08}
      data-trial={attempt.trial}
      data-through={through}
    />
  );
}

interface AxisProps {
  readonly axis: CoordinateAxis;
  readonly upright: Upright;
  readonly x: number;
  readonly range: readonly [number, number] | undefined;
  readonly onRange: (range: readonly [number, number] | null) => void;
}

/** An axis with its ticks, and the range that is chosen on it. */
function Axis({ axis, upright, x, range, onRange }: AxisProps) {
  const { height, yOf, placeOf } = upright;
  const [from, setFrom] = useState<{
    readonly place: number;
    readonly y: number;
    readonly range: AxisProps['range'];
  }>();
  const [low, high] = range ?? [0, 1];

  function placeAt(event: PointerEvent<SVGRectElement>): number {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    return placeOf(event.clientY - (box?.top ?? 0));
  }

  function drag(event: PointerEvent<SVGRectElement>): void {
    if (from === undefined || Math.abs(event.clientY - from.y) < STILL) return;
    event.stopPropagation();
    const place = placeAt(event);
    const grabbed = from.range;
    if (grabbed === undefined || from.place < grabbed[0] || from.place > grabbed[1]) {
      onRange([Math.min(from.place, place), Math.max(from.place, place)]);
      return;
    }
    // Grabbed in the middle, it moves as a whole.
    const shift = Math.min(1 - grabbed[1], Math.max(-grabbed[0], place - from.place));
    onRange([grabbed[0] + shift, grabbed[1] + shift]);
  }

  return (
    <g>
      <line x1={x} x2={x} y1={yOf(0)} y2={yOf(1)} stroke="var(--color-line-strong)" />
      {range !== undefined && (
        <rect
          x={x - 7}
          width={14}
          y={yOf(high)}
          height={Math.max(2, yOf(low) - yOf(high))}
          rx={3}
          fill="var(--color-accent)"
          fillOpacity={0.22}
          stroke="var(--color-accent)"
        />
      )}
      {axis.ticks.map(({ at, label }) => (
        <g key={`${at} ${label}`}>
          <line x1={x - 3} x2={x + 3} y1={yOf(at)} y2={yOf(at)} stroke="var(--color-line-strong)" />
          <text
            x={x + 9}
            y={yOf(at)}
            dy="0.32em"
            fontSize={11}
            fill="var(--color-ink-muted)"
            stroke="var(--color-surface)"
            strokeWidth={4}
            strokeLinejoin="round"
            paintOrder="stroke"
            className="pointer-events-none select-none"
          >
            {label.length > 12 ? `${label.slice(0, 11)}…` : label}
          </text>
        </g>
      ))}
      <rect
        x={x - 12}
        width={24}
        y={0}
        height={height}
        fill="transparent"
        className="cursor-ns-resize"
        data-testid={`brush-${axis.key}`}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setFrom({ place: placeAt(event), y: event.clientY, range });
        }}
        onPointerMove={drag}
        onPointerUp={(event) => {
          if (from !== undefined && Math.abs(event.clientY - from.y) < STILL) onRange(null);
          setFrom(undefined);
        }}
        onClick={(event) => event.stopPropagation()}
      />
      <BrushHandle axis={axis} end="low" x={x} y={yOf(low)} range={[low, high]} onRange={onRange} />
      <BrushHandle axis={axis} end="high" x={x} y={yOf(high)} range={[low, high]} onRange={onRange} />
    </g>
  );
}
