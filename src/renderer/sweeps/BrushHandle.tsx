import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import type { CoordinateAxis } from './parallelModel.ts';

export interface BrushHandleProps {
  readonly axis: CoordinateAxis;
  readonly end: 'low' | 'high';
  readonly x: number;
  readonly y: number;
  readonly range: readonly [low: number, high: number];
  readonly onRange: (range: readonly [number, number] | null) => void;
}

/** An end of the range of an axis: arrow keys move it, Home and End take it to the ends, Escape lets all through. */
export function BrushHandle({ axis, end, x, y, range, onRange }: BrushHandleProps) {
  const grip = useRef<{ readonly y: number; readonly place: number; readonly scale: number } | null>(null);
  const [low, high] = range;
  const value = end === 'low' ? low : high;

  function set(place: number): void {
    const bounded = Math.min(1, Math.max(0, place));
    onRange(end === 'low' ? [Math.min(bounded, high), high] : [low, Math.max(bounded, low)]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = {
      ArrowUp: value + axis.step,
      ArrowRight: value + axis.step,
      ArrowDown: value - axis.step,
      ArrowLeft: value - axis.step,
      PageUp: value + 4 * axis.step,
      PageDown: value - 4 * axis.step,
      Home: 0,
      End: 1,
    }[event.key];
    if (next !== undefined) set(next);
    else if (event.key === 'Escape' || event.key === 'Delete') onRange(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onPointerDown(event: PointerEvent<SVGGElement>): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const height = event.currentTarget.ownerSVGElement?.getBoundingClientRect().height ?? 1;
    grip.current = { y: event.clientY, place: value, scale: height - 28 };
  }

  const down = end === 'low' ? 1 : -1;
  return (
    <g
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`${axis.label}: ${end === 'low' ? 'lowest' : 'highest'} that is let through`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * value)}
      aria-valuetext={axis.wordsAt(value)}
      data-testid={`brush-${end}-${axis.key}`}
      className="cursor-ns-resize outline-none [&:focus-visible>path]:stroke-focus [&:focus-visible>path]:stroke-[3]"
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        if (grip.current !== null) set(grip.current.place - (event.clientY - grip.current.y) / grip.current.scale);
      }}
      onPointerUp={() => (grip.current = null)}
      onClick={(event) => event.stopPropagation()}
    >
      <rect x={x - 12} y={y - 12 + 6 * down} width={24} height={24} fill="transparent" />
      <path
        d={`M${x - 6} ${y + 8 * down}L${x + 6} ${y + 8 * down}L${x} ${y + down}Z`}
        fill="var(--color-ink-muted)"
        stroke="var(--color-surface)"
        strokeWidth={1}
      />
    </g>
  );
}
