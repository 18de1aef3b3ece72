import { useCallback, useMemo, useRef, useState } from 'react';
import type { EdgeChange, NodeChange } from '@xyflow/react';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { moveNodes } from '../../graph-engine/document/commands/editNode.ts';
import type { Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import { dispatch, gesture, useDocument } from '../store/documentStore.ts';
import { editedScope, shownScope, useShownScope, type ShownScope } from '../store/scope.ts';
import { select, uiStore, useUi } from '../store/uiStore.ts';
import { canvasStore, IDLE, setMode, setWireUnderDrag } from './canvasStore.ts';
import { createNodeDeriver, type CanvasNode } from './deriveNodes.ts';
import { createWireDeriver, type CanvasWire } from './deriveWires.ts';
import { dropOnWire } from './editing.ts';
import { pointOf, wireAt } from './hitTest.ts';
import { portsOf } from './nodeView.ts';
import type { Point } from './routeWire.ts';
import { wireEnd } from './skipWires.ts';

/** Diagnostics of the shown scope, with paths relative to it. */
function diagnosticsOf(shown: ShownScope, whole: readonly Diagnostic[]): readonly Diagnostic[] {
  return shown.path.length === 0 ? whole : (shown.inferred?.diagnostics ?? []);
}

/** Whether nothing is connected to a node: such a node may be dropped into a wire. */
function standsAlone(graph: Graph, id: NodeId): boolean {
  if (Object.keys(graph.nodes[id]?.inputs ?? {}).length > 0) return false;
  return !nodesOf(graph).some(([, node]) => Object.values(node.inputs).some((source) => source.node === id));
}

function changedSelection<Id extends string>(
  before: ReadonlySet<Id>,
  changes: readonly { readonly type: string }[],
): ReadonlySet<Id> | undefined {
  let next: Set<Id> | undefined;
  for (const change of changes) {
    if (change.type !== 'select') continue;
    const { id, selected } = change as { type: string; id: Id; selected: boolean };
    next ??= new Set(before);
    if (selected) next.add(id);
    else next.delete(id);
  }
  return next;
}

/**
 * React Flow's nodes and edges for the shown scope, and what it reports back: positions during a drag stay here and come
 * into the document once, at the end.
 */
export function useCanvasNodes() {
  const shown = useShownScope();
  const blocks = useDocument((state) => state.document.blocks);
  const whole = useDocument((state) => state.inferred.diagnostics);
  const selection = useUi((state) => state.selection);
  const selectedWires = useUi((state) => state.selectedWires);
  const [moved, setMoved] = useState<ReadonlyMap<string, Point> | null>(null);
  const [deriveNodes] = useState(createNodeDeriver);
  const [deriveWires] = useState(createWireDeriver);
  const { graph, inferred } = shown;
  const diagnostics = diagnosticsOf(shown, whole);

  const nodes = useMemo(
    () => deriveNodes({ graph, inferred, blocks, diagnostics, selection, moved }),
    [deriveNodes, graph, inferred, blocks, diagnostics, selection, moved],
  );
  const wires = useMemo(
    () => deriveWires({ graph, inferred, blocks, diagnostics, selectedWires }),
    [deriveWires, graph, inferred, blocks, diagnostics, selectedWires],
  );

  const onNodesChange = useCallback((changes: NodeChange<CanvasNode>[]) => {
    const next = changedSelection<NodeId>(uiStore.getState().selection, changes);
    if (next !== undefined) uiStore.setState({ selection: next });
    if (canvasStore.getState().mode.kind === 'aborted') return;
    const positions = changes.flatMap((change) =>
      change.type === 'position' && change.dragging === true && change.position !== undefined
        ? [[change.id, change.position] as const]
        : [],
    );
    if (positions.length > 0) setMoved((before) => new Map([...(before ?? []), ...positions]));
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange<CanvasWire>[]) => {
    const next = changedSelection<string>(uiStore.getState().selectedWires, changes);
    if (next !== undefined) uiStore.setState({ selectedWires: next });
  }, []);

  const dragged = useRef(false);
  const onNodeDrag = useCallback(
    (event: MouseEvent | TouchEvent | React.MouseEvent, node: CanvasNode, all: CanvasNode[]) => {
      dragged.current = true;
      if (canvasStore.getState().mode.kind === 'aborted') return;
      const id = node.id as NodeId;
      const { graph: current } = shownScope();
      const { inputs, outputs } = node.data.view;
      const mayInsert = all.length === 1 && inputs.length > 0 && outputs.length > 0 && standsAlone(current, id);
      const native = 'nativeEvent' in event ? event.nativeEvent : event;
      setWireUnderDrag(mayInsert ? (wireAt(pointOf(native)) ?? null) : null);
    },
    [],
  );

  const onNodeDragStop = useCallback(
    (_event: unknown, _node: CanvasNode, all: CanvasNode[]) => {
      const { mode, wireUnderDrag } = canvasStore.getState();
      setWireUnderDrag(null);
      setMoved(null);
      if (mode.kind === 'aborted') {
        setMode(IDLE);
        return;
      }
      if (!dragged.current) return;
      dragged.current = false;
      const { scope, graph: current } = editedScope();
      const positions: Record<string, Point> = {};
      for (const { id, position } of all)
        if (current.nodes[id as NodeId] !== undefined) positions[id] = { x: position.x, y: position.y };
      const [single] = all;
      gesture(wireUnderDrag === null ? 'Move' : 'Insert on wire', () => {
        dispatch(moveNodes, { scope, positions });
        const node = single === undefined ? undefined : current.nodes[single.id as NodeId];
        if (wireUnderDrag === null || single === undefined || node === undefined) return;
        const ports = portsOf(node, blocks);
        const [input] = ports.inputs;
        const [output] = ports.outputs;
        if (input !== undefined && output !== undefined)
          dropOnWire(single.id as NodeId, wireEnd(wireUnderDrag), { input, output });
      });
    },
    [blocks],
  );

  /** Puts dragged nodes back; the drag ends without a trace. */
  const abortDrag = useCallback((): boolean => {
    if (moved === null) return false;
    setMode({ kind: 'aborted' });
    setWireUnderDrag(null);
    setMoved(null);
    dragged.current = false;
    return true;
  }, [moved]);

  return {
    shown,
    nodes,
    wires,
    isDragging: moved !== null,
    onNodesChange,
    onEdgesChange,
    onNodeDrag,
    onNodeDragStop,
    abortDrag,
  };
}

/** Selects every node of the shown scope. */
export function selectAll(): void {
  select(nodesOf(shownScope().graph).map(([id]) => id));
}
