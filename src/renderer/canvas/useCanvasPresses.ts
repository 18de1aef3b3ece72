import { useReactFlow, type Edge } from '@xyflow/react';
import { useMemo, type RefObject } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { shownScope } from '../store/scope.ts';
import { enterBlock, select } from '../store/uiStore.ts';
import type { CanvasView } from './canvasView.ts';
import { addWaypoint } from './marks/editMarks.ts';
import { overviewHitAt } from './overview/overviewHits.ts';
import type { Point } from './routeWire.ts';
import type { CanvasItem } from './useCanvasNodes.ts';

function pointOf({ clientX, clientY }: React.MouseEvent): Point {
  return { x: clientX, y: clientY };
}

/** Goes into a block; false when that is no block. */
function enter(id: string): boolean {
  const node = shownScope().graph.nodes[id as NodeId];
  if (node === undefined || !('block' in node)) return false;
  enterBlock(id as NodeId);
  return true;
}

/**
 * What presses on cards, wires and the empty canvas do. The same functions for the life of the canvas: others would make
 * React Flow draw every card anew.
 */
export function useCanvasPresses(root: RefObject<HTMLElement | null>, view: CanvasView) {
  const flow = useReactFlow();
  return useMemo(
    () => ({
      presses: {
        onNodeClick(event: React.MouseEvent, node: CanvasItem): void {
          // A press on one of several takes that one; a drag would have moved them all.
          if (event.shiftKey || event.ctrlKey || event.metaKey) return;
          if (node.type === 'card') select([node.id as NodeId]);
          else select([], [], [node.id]);
        },
        onNodeDoubleClick(_event: React.MouseEvent, { id }: CanvasItem): void {
          enter(id);
        },
        onEdgeClick(event: React.MouseEvent, wire: Edge): void {
          if (event.altKey) addWaypoint(wire.id, flow.screenToFlowPosition(pointOf(event), { snapToGrid: false }));
        },
        onEdgeDoubleClick(event: React.MouseEvent, wire: Edge): void {
          view.openSearch(pointOf(event), wire.id);
        },
        onPaneClick(): void {
          root.current?.focus({ preventScroll: true });
        },
      },
      /** Of everything; cards and wires have their own. */
      onDoubleClick(event: React.MouseEvent): void {
        if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane')) return;
        const hit = overviewHitAt(pointOf(event));
        if (hit === undefined) view.openSearch(pointOf(event));
        else if (!enter(hit.key)) view.fit(new Set([hit.key]));
      },
    }),
    [root, flow, view],
  );
}
