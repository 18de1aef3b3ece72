import { useState } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { undo } from '../store/documentStore.ts';
import { setDepth } from './blockActions.ts';

const LEAST_RANGE = 24;

/** How often a block is chained, by a slider: the costs everywhere follow it, and letting go leaves one step of undo. */
export function DepthSlider({ id, repeat }: { readonly id: NodeId; readonly repeat: number }) {
  const [start, setStart] = useState<number | null>(null);
  const maximum = Math.min(2000, Math.max(LEAST_RANGE, (start ?? repeat) * 2));

  function slide(value: number) {
    // The step before was on the way; only the last one is worth a step of undo.
    if (start !== null && repeat !== start) undo();
    const from = start ?? repeat;
    setStart(from);
    if (value !== from) setDepth(id, value);
  }

  return (
    <div className="flex items-center gap-2 pb-1">
      <input
        type="range"
        aria-label="Depth"
        data-testid="depth"
        min={1}
        max={maximum}
        value={repeat}
        onChange={(event) => slide(Number(event.target.value))}
        onPointerUp={() => setStart(null)}
        onKeyUp={() => setStart(null)}
        onBlur={() => setStart(null)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || start === null) return;
          if (repeat !== start) undo();
          setStart(null);
          event.stopPropagation();
        }}
        className="h-4 min-w-0 flex-1 accent-accent"
      />
      <output className="w-12 text-right text-xs font-medium tabular-nums">×{repeat}</output>
    </div>
  );
}
