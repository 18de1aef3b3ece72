import { useState, type KeyboardEvent } from 'react';
import type { AxisImportance } from '../../graph-engine/training/sweep/axisImportance.ts';
import { classNames } from '../ui/classNames.ts';
import { Tooltip } from '../ui/Tooltip.tsx';
import { GOAL, type CoordinateAxis } from './parallelModel.ts';

export interface AxisHeaderProps {
  readonly axis: CoordinateAxis;
  /** From 0, among `count`. */
  readonly place: number;
  readonly count: number;
  readonly x: number;
  /** Widest it may be, in pixels. */
  readonly width: number;
  readonly onMove: (place: number) => void;
  /** Which place is meant at `x`. */
  readonly placeAt: (x: number) => number;
}

/** Name of an axis and what it has to do with the goal; dragged or by arrow keys it goes to another place. */
export function AxisHeader({ axis, place, count, x, width, onMove, placeAt }: AxisHeaderProps) {
  const [dragged, setDragged] = useState(false);
  const says = axis.importance === undefined ? undefined : describeImportance(axis.importance);

  function onKeyDown(event: KeyboardEvent): void {
    const next = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: count - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(next);
  }

  return (
    <Tooltip content={[axis.title, says?.long].filter((words) => words !== undefined).join('. ')} side="top">
      <button
        type="button"
        aria-label={`Axis ${axis.label}, ${place + 1} of ${count}${says === undefined ? '' : `, ${says.long}`}`}
        data-testid={`axis-${axis.key === GOAL ? 'goal' : axis.key}`}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged(true);
        }}
        onPointerMove={(event) => {
          if (!dragged) return;
          const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
          const next = Math.min(count - 1, Math.max(0, placeAt(event.clientX - left)));
          if (next !== place) onMove(next);
        }}
        onPointerUp={() => setDragged(false)}
        onPointerCancel={() => setDragged(false)}
        className={classNames(
          'absolute top-0 flex h-10 -translate-x-1/2 cursor-grab touch-none flex-col items-center justify-center rounded-md px-1 text-xs hover:bg-hover',
          dragged && 'cursor-grabbing bg-accent-soft',
          axis.key === GOAL ? 'font-semibold text-accent-ink' : 'font-medium text-ink',
        )}
        style={{ left: x, maxWidth: width }}
      >
        <span className="w-full truncate">{axis.label}</span>
        {says !== undefined && <span className="text-2xs font-normal text-ink-muted tabular-nums">{says.short}</span>}
      </button>
    </Tooltip>
  );
}

function describeImportance({ kind, value }: AxisImportance): { readonly short: string; readonly long: string } {
  const figure = value.toFixed(2).replace('-', '−');
  return kind === 'rank-correlation'
    ? { short: `ρ ${figure}`, long: `Rank correlation with the goal ${figure} (Spearman)` }
    : { short: `η² ${figure}`, long: `Share of the variance of the goal's ranks between the choices ${figure} (η²)` };
}
