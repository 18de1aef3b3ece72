import { getViewportForBounds, useReactFlow, type Rect } from '@xyflow/react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useDocument } from '../store/documentStore.ts';
import { followViewport, rememberViewport, scopeKey, uiStore, useUi } from '../store/uiStore.ts';
import type { CanvasWire } from './deriveWires.ts';
import { NODE_WIDTH } from './nodeGeometry.ts';
import { usesOverview } from './overview/overviewScene.ts';
import type { CanvasItem } from './useCanvasNodes.ts';

export const MINIMUM_ZOOM = 0.05;
export const MAXIMUM_ZOOM = 2.5;
/** Pixels kept free round a node that is moved into sight; the toolbar stands in them. */
const MARGIN = 72;
const READABLE_ZOOM = 0.8;
const NAMES_READABLE_ZOOM = 0.3;
/** What stands out of the cards at the sides: wires that turn back to the next row, names of ports. */
const OVERHANG = 28;
const PORT_NAME_OVERHANG = 76;
const PADDING = { top: 0.12, bottom: 0.14, left: 0.04, right: 0.04 } as const;

function boundsOf(nodes: readonly CanvasItem[]): Rect | undefined {
  if (nodes.length === 0) return undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const item of nodes) {
    const { position, width = NODE_WIDTH, height = 0 } = item;
    const namesOutputs =
      item.type === 'card' && (item.handles?.filter(({ type }) => type === 'source').length ?? 0) > 1;
    const overhang = item.type === 'card' ? OVERHANG : 0;
    left = Math.min(left, position.x - overhang);
    top = Math.min(top, position.y);
    right = Math.max(right, position.x + width + (namesOutputs ? PORT_NAME_OVERHANG : overhang));
    bottom = Math.max(bottom, position.y + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function sizeOf(root: React.RefObject<HTMLDivElement | null>): { readonly width: number; readonly height: number } {
  return root.current?.getBoundingClientRect() ?? { width: 0, height: 0 };
}

/** How long the canvas takes to go somewhere: no time where motion is not wanted. */
export function motion(): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220;
}

/** Where the canvas looks: remembered for each scope, fitted at the first visit, moved on request. */
export function useViewport(root: React.RefObject<HTMLDivElement | null>, nodes: readonly CanvasItem[]) {
  const flow = useReactFlow<CanvasItem, CanvasWire>();
  const key = useUi((state) => scopeKey(state.scopePath));
  const generation = useDocument((state) => state.generation);
  const focus = useUi((state) => state.focus);
  const [goesFar, setGoesFar] = useState(false);
  const current = useRef(nodes);
  useLayoutEffect(() => {
    current.current = nodes;
  }, [nodes]);

  const show = useCallback(
    (bounds: Rect, maximumZoom: number, milliseconds: number) => {
      const { width, height } = sizeOf(root);
      if (width === 0 || height === 0) return;
      const viewport = getViewportForBounds(bounds, width, height, MINIMUM_ZOOM, maximumZoom, PADDING);
      // On the way there more and more cards would be drawn, only to make way for the picture at the end.
      if (milliseconds > 0 && usesOverview(viewport.zoom, current.current.length)) setGoesFar(true);
      void flow.setViewport(viewport, { duration: milliseconds }).then(() => setGoesFar(false));
    },
    [flow, root],
  );

  const fit = useCallback(
    (ids: 'all' | ReadonlySet<string>, milliseconds = motion()) => {
      const wanted = ids === 'all' ? current.current : current.current.filter((node) => ids.has(node.id));
      const bounds = boundsOf(wanted);
      if (bounds !== undefined) show(bounds, 1.25, milliseconds);
      else if (ids === 'all') void flow.setViewport({ x: 0, y: 0, zoom: 1 }, { duration: milliseconds });
    },
    [flow, show],
  );

  const revealNodes = useCallback(
    (ids: ReadonlySet<string>) => {
      const bounds = boundsOf(current.current.filter((node) => ids.has(node.id)));
      const { width, height } = sizeOf(root);
      if (bounds === undefined || width === 0) return;
      const { x, y, zoom } = flow.getViewport();
      const shift = (start: number, size: number, room: number): number =>
        start < MARGIN ? MARGIN - start : start + size > room - MARGIN ? room - MARGIN - start - size : 0;
      const dx = shift(x + bounds.x * zoom, bounds.width * zoom, width);
      const dy = shift(y + bounds.y * zoom, bounds.height * zoom, height);
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: motion() });
    },
    [flow, root],
  );

  /** The first look at a scope: everything when it can be read then, otherwise the beginning. */
  const showStart = useCallback(() => {
    const bounds = boundsOf(current.current);
    const { width, height } = sizeOf(root);
    if (bounds === undefined || width === 0) {
      fit('all', 0);
      return;
    }
    const whole = getViewportForBounds(bounds, width, height, MINIMUM_ZOOM, 1.1, PADDING);
    // At the first look the structure counts: the skip and where it ends, more than the small print.
    if (whole.zoom >= NAMES_READABLE_ZOOM) {
      void flow.setViewport(whole);
      return;
    }
    const first = current.current.reduce((a, b) => (b.position.x < a.position.x ? b : a));
    void flow.setViewport({
      x: 48 - bounds.x * READABLE_ZOOM,
      y: height / 2 - (first.position.y + (first.height ?? 0) / 2) * READABLE_ZOOM,
      zoom: READABLE_ZOOM,
    });
  }, [fit, flow, root]);

  useLayoutEffect(() => {
    const remembered = uiStore.getState().viewports[key];
    if (remembered !== undefined) void flow.setViewport(remembered);
    else showStart();
  }, [key, generation, flow, showStart]);

  useEffect(() => {
    followViewport(() => flow.getViewport());
    return () => followViewport(null);
  }, [flow]);

  useEffect(() => {
    if (focus === null) return;
    const ids = focus.nodes === 'all' ? 'all' : new Set<string>(focus.nodes);
    if (focus.how === 'fit' || ids === 'all') fit(ids);
    else revealNodes(ids);
  }, [focus, fit, revealNodes]);

  const onMoveEnd = useCallback((_event: unknown, viewport: { x: number; y: number; zoom: number }) => {
    // Also when the way was broken off.
    setGoesFar(false);
    rememberViewport(scopeKey(uiStore.getState().scopePath), viewport);
  }, []);

  return { fit, onMoveEnd, goesFar };
}
