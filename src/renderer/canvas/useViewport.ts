import { getViewportForBounds, useReactFlow, type Rect } from '@xyflow/react';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { useDocument } from '../store/documentStore.ts';
import { rememberViewport, scopeKey, uiStore, useUi } from '../store/uiStore.ts';
import type { CanvasNode } from './deriveNodes.ts';
import type { CanvasWire } from './deriveWires.ts';
import { NODE_WIDTH } from './nodeGeometry.ts';

export const MINIMUM_ZOOM = 0.05;
export const MAXIMUM_ZOOM = 2.5;
const PADDING = { top: 0.12, bottom: 0.14, left: 0.06, right: 0.06 } as const;

function boundsOf(nodes: readonly CanvasNode[]): Rect | undefined {
  if (nodes.length === 0) return undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { position, height } of nodes) {
    left = Math.min(left, position.x);
    top = Math.min(top, position.y);
    right = Math.max(right, position.x + NODE_WIDTH);
    bottom = Math.max(bottom, position.y + (height ?? 0));
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function duration(): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220;
}

/** Where the canvas looks: remembered for each scope, fitted at the first visit, moved on request. */
export function useViewport(root: React.RefObject<HTMLDivElement | null>, nodes: readonly CanvasNode[]) {
  const flow = useReactFlow<CanvasNode, CanvasWire>();
  const key = useUi((state) => scopeKey(state.scopePath));
  const generation = useDocument((state) => state.generation);
  const focus = useUi((state) => state.focus);
  const current = useRef(nodes);
  useLayoutEffect(() => {
    current.current = nodes;
  }, [nodes]);

  const show = useCallback(
    (bounds: Rect, maximumZoom: number, milliseconds: number) => {
      const { width, height } = root.current?.getBoundingClientRect() ?? { width: 0, height: 0 };
      if (width === 0 || height === 0) return;
      const viewport = getViewportForBounds(bounds, width, height, MINIMUM_ZOOM, maximumZoom, PADDING);
      void flow.setViewport(viewport, { duration: milliseconds });
    },
    [flow, root],
  );

  const fit = useCallback(
    (ids: 'all' | ReadonlySet<string>, milliseconds = duration()) => {
      const wanted = ids === 'all' ? current.current : current.current.filter((node) => ids.has(node.id));
      const bounds = boundsOf(wanted);
      if (bounds !== undefined) show(bounds, 1.25, milliseconds);
      else if (ids === 'all') void flow.setViewport({ x: 0, y: 0, zoom: 1 }, { duration: milliseconds });
    },
    [flow, show],
  );

  useLayoutEffect(() => {
    const remembered = uiStore.getState().viewports[key];
    if (remembered !== undefined) void flow.setViewport(remembered);
    else fit('all', 0);
  }, [key, generation, flow, fit]);

  useEffect(() => {
    if (focus === null) return;
    fit(focus.nodes === 'all' ? 'all' : new Set<string>(focus.nodes));
  }, [focus, fit]);

  const onMoveEnd = useCallback((_event: unknown, viewport: { x: number; y: number; zoom: number }) => {
    rememberViewport(scopeKey(uiStore.getState().scopePath), viewport);
  }, []);

  return { fit, onMoveEnd };
}
