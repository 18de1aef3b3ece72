import { ViewportPortal } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { themeStore } from '../theme/themeStore.ts';
import type { CanvasNode } from './deriveNodes.ts';
import type { CanvasWire } from './deriveWires.ts';
import { overviewBounds, paintOverview } from './paintOverview.ts';

export interface OverviewProps {
  readonly nodes: readonly CanvasNode[];
  readonly wires: readonly CanvasWire[];
}

/**
 * A large network from far away, as one picture: moving and zooming only shift it, whatever the number of nodes. It is
 * painted again when something changes.
 */
export function Overview({ nodes, wires }: OverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useStore(themeStore, (state) => state.theme);
  const bounds = overviewBounds(nodes);

  useEffect(() => {
    if (canvas.current !== null) paintOverview(canvas.current, nodes, wires);
  }, [nodes, wires, theme]);

  return (
    <ViewportPortal>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${nodes.length} nodes from far away. Zoom in to edit them.`}
        data-testid="overview"
        className="pointer-events-none absolute top-0 left-0 origin-top-left"
        style={{ transform: `translate(${bounds.x}px, ${bounds.y}px)`, width: bounds.width, height: bounds.height }}
      />
    </ViewportPortal>
  );
}
