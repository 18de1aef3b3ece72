import { useMemo } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { createNodeDeriver, type CanvasNode, type NodeSources } from '../canvas/deriveNodes.ts';
import type { CanvasWire } from '../canvas/deriveWires.ts';
import type { NodeView } from '../canvas/nodeView.ts';
import { createViews } from '../canvas/views.ts';
import type { ShownScope } from '../store/scope.ts';
import type { CanvasItem } from '../canvas/useCanvasNodes.ts';
import { useComparison, diffOfScope } from './compareStore.ts';
import { ghostId, marksOf, type CompareMarks } from './compareMarks.ts';

const NOTHING_SELECTED: ReadonlySet<never> = new Set();

/** What the canvas shows: the graph as it is, with marks and what is gone while it is compared with an earlier one. */
export function useComparedCanvas(
  { graph, scope }: ShownScope,
  items: CanvasItem[],
  wires: CanvasWire[],
): { readonly items: CanvasItem[]; readonly wires: CanvasWire[] } {
  const comparison = useComparison();
  const diff = diffOfScope(comparison, scope);
  const before = comparison?.before;
  const marks = useMemo(
    () => (before === undefined || diff === undefined ? null : marksOf(before, graph, diff)),
    [before, diff, graph],
  );
  const removed = useMemo(
    () => (before === undefined || marks === null ? [] : removedNodes(marks, before.blocks)),
    [before, marks],
  );
  return useMemo(
    () => ({
      items: marks === null ? items : [...items.map((item) => withMark(item, marks)), ...removed],
      wires: marks === null ? wires : [...removedWires(marks), ...wires.map((wire) => withWireMark(wire, marks))],
    }),
    [items, wires, marks, removed],
  );
}

function withMark(item: CanvasItem, { nodes }: CompareMarks): CanvasItem {
  const mark = item.type === 'card' ? nodes.get(item.id as NodeId) : undefined;
  return mark === undefined ? item : { ...item, className: `sw-${mark}` };
}

function withWireMark(wire: CanvasWire, { addedWires }: CompareMarks): CanvasWire {
  return addedWires.has(wire.id) ? { ...wire, className: 'sw-added-wire' } : wire;
}

function removedNodes({ removed: graph }: CompareMarks, blocks: NodeSources['blocks']): CanvasNode[] {
  const inert = { draggable: false, selectable: false, connectable: false, focusable: false, zIndex: -1 } as const;
  const sources = { graph, inferred: undefined, blocks, diagnostics: [], selection: NOTHING_SELECTED, moved: null };
  const deriver = createNodeDeriver();
  const nodes = deriver.derive(sources);
  deriver.publish();
  const views = createViews<NodeView>();
  return nodes.map((node) => {
    const id = ghostId(node.id as NodeId);
    const view = deriver.views.get(node.id);
    views.set(id, view);
    return { ...node, ...inert, id, type: 'removed', data: { views }, ariaLabel: `${view?.name ?? node.id}, removed` };
  });
}

function removedWires({ removedWires: wires }: CompareMarks): CanvasWire[] {
  return wires.map(({ id, source, sourcePort, target, targetPort }) => ({
    id,
    type: 'removed',
    source,
    sourceHandle: sourcePort,
    target,
    targetHandle: targetPort,
    selectable: false,
    focusable: false,
    className: 'sw-removed-wire',
  }));
}
