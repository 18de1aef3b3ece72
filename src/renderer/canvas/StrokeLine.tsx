import { ViewportPortal, useStore } from '@xyflow/react';
import { useCanvas } from './canvasStore.ts';

const WORDS = { cut: 'Cut', reroute: 'Add a point', join: 'Add', wire: 'Connect', rewire: 'Move wires' } as const;

/** The line that is being drawn by hand, in pixels of the canvas. */
export function StrokeLine({ root }: { readonly root: React.RefObject<HTMLDivElement | null> }) {
  const mode = useCanvas((state) => state.mode);
  if (mode.kind !== 'stroke') return null;
  const corner = root.current?.getBoundingClientRect();
  const points = mode.points.map(({ x, y }) => ({ x: x - (corner?.left ?? 0), y: y - (corner?.top ?? 0) }));
  const end = points.at(-1);
  return (
    <svg className="sw-stroke" data-tool={mode.tool} data-testid="stroke" aria-hidden>
      <polyline points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
      {end !== undefined && (
        <text x={end.x + 14} y={end.y - 10}>
          {WORDS[mode.tool]}
          {mode.tool === 'cut' && mode.hits.size > 0 ? ` ${mode.hits.size}` : ''}
        </text>
      )}
    </svg>
  );
}

/** Lines that a dragged card stands on. */
export function GuideLines() {
  const guides = useCanvas((state) => state.guides);
  const zoom = useStore((state) => state.transform[2]);
  if (guides.length === 0) return null;
  return (
    <ViewportPortal>
      {guides.map(({ axis, at, from, to }) => (
        <div
          key={axis}
          aria-hidden
          className="sw-guide"
          data-testid={`guide-${axis}`}
          style={
            axis === 'x'
              ? { transform: `translate(${at}px, ${from}px)`, width: 1 / zoom, height: to - from }
              : { transform: `translate(${from}px, ${at}px)`, width: to - from, height: 1 / zoom }
          }
        />
      ))}
    </ViewportPortal>
  );
}
