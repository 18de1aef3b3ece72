import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { EdgeChange, NodeChange } from '@xyflow/react';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { useDocument } from '../store/documentStore.ts';
import { shownScope, useShownScope, type ShownScope } from '../store/scope.ts';
import { select, uiStore, useUi } from '../store/uiStore.ts';
import { createNodeDeriver, type CanvasNode } from './deriveNodes.ts';
import { createWireDeriver, type CanvasWire } from './deriveWires.ts';
import { useShownHeatMap } from '../heatmap/useShownHeatMap.ts';
import { createMarkDeriver, type MarkNode } from './marks/deriveMarks.ts';
import { resizeMark } from './marks/editMarks.ts';
import { parseMark } from './marks/markKeys.ts';
import type { OverviewScene } from './overview/overviewScene.ts';
import type { Box } from './routeWire.ts';
import { useDragging } from './useDragging.ts';

/** Everything React Flow draws as a node. */
export type CanvasItem = CanvasNode | MarkNode;

/** Diagnostics of the shown scope, with paths relative to it. */
function diagnosticsOf(shown: ShownScope, whole: readonly Diagnostic[]): readonly Diagnostic[] {
  return shown.path.length === 0 ? whole : (shown.inferred?.diagnostics ?? []);
}

function changedSelection<Id extends string>(
  before: ReadonlySet<Id>,
  changes: readonly { readonly type: string }[],
  belongs: (id: string) => boolean = () => true,
): ReadonlySet<Id> | undefined {
  let next: Set<Id> | undefined;
  for (const change of changes) {
    if (change.type !== 'select') continue;
    const { id, selected } = change as { type: string; id: Id; selected: boolean };
    if (!belongs(id)) continue;
    next ??= new Set(before);
    if (selected) next.add(id);
    else next.delete(id);
  }
  return next;
}

/** The box of a frame or note while its edge is dragged, from what React Flow reports. */
function resizedBox(
  changes: readonly NodeChange<CanvasItem>[],
  before: { readonly key: string; readonly box: Box } | null,
): { readonly key: string; readonly box: Box; readonly done: boolean } | undefined {
  const sizing = changes.find((change) => change.type === 'dimensions' && change.resizing !== undefined);
  if (sizing?.type !== 'dimensions') return undefined;
  const { graph } = shownScope();
  const mark = parseMark(sizing.id);
  const placed =
    mark?.kind === 'frame' ? graph.frames?.[mark.id] : mark?.kind === 'note' ? graph.notes?.[mark.id] : undefined;
  if (placed === undefined) return undefined;
  const known = before?.key === sizing.id ? before.box : { ...placed.position, ...placed.size };
  const moving = changes.find((change) => change.type === 'position' && change.id === sizing.id);
  const position = moving?.type === 'position' && moving.position !== undefined ? moving.position : known;
  const size = sizing.dimensions ?? known;
  const box = { x: position.x, y: position.y, width: size.width, height: size.height };
  return { key: sizing.id, box, done: sizing.resizing === false };
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
  const selectedMarks = useUi((state) => state.selectedMarks);
  const dragging = useDragging();
  const { moved, onPositions } = dragging;
  const [resized, setResized] = useState<{ readonly key: string; readonly box: Box } | null>(null);
  const resizedNow = useRef(resized);
  const [nodeDeriver] = useState(createNodeDeriver);
  const [wireDeriver] = useState(createWireDeriver);
  const [deriveMarks] = useState(createMarkDeriver);
  const { graph, inferred } = shown;
  const diagnostics = diagnosticsOf(shown, whole);

  const nodes = useMemo(
    () => nodeDeriver.derive({ graph, inferred, blocks, diagnostics, selection, moved }),
    [nodeDeriver, graph, inferred, blocks, diagnostics, selection, moved],
  );
  const wires = useMemo(
    () => wireDeriver.derive({ graph, inferred, blocks, diagnostics, selectedWires }),
    [wireDeriver, graph, inferred, blocks, diagnostics, selectedWires],
  );
  // Before anything is painted, and before other effects look at what cards and wires show.
  useLayoutEffect(() => {
    nodeDeriver.publish();
    wireDeriver.publish();
  });
  const marks = useMemo(
    () => deriveMarks({ graph, selectedMarks, moved, resized }),
    [deriveMarks, graph, selectedMarks, moved, resized],
  );
  const items = useMemo((): CanvasItem[] => (marks.length === 0 ? nodes : [...nodes, ...marks]), [nodes, marks]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasItem>[]) => {
      const { selection: cards, selectedMarks: others } = uiStore.getState();
      const isMark = (id: string): boolean => parseMark(id) !== undefined;
      const next = changedSelection<NodeId>(cards, changes, (id) => !isMark(id));
      const nextMarks = changedSelection<string>(others, changes, isMark);
      if (next !== undefined) uiStore.setState({ selection: next });
      if (nextMarks !== undefined) uiStore.setState({ selectedMarks: nextMarks });
      const sizing = resizedBox(changes, resizedNow.current);
      if (sizing !== undefined) {
        if (sizing.done) resizeMark(sizing.key, sizing.box);
        resizedNow.current = sizing.done ? null : sizing;
        setResized(resizedNow.current);
        return;
      }
      onPositions(
        changes.flatMap((change) =>
          change.type === 'position' && change.dragging === true && change.position !== undefined
            ? [[change.id, change.position] as const]
            : [],
        ),
      );
    },
    [onPositions],
  );

  const onEdgesChange = useCallback((changes: EdgeChange<CanvasWire>[]) => {
    const next = changedSelection<string>(uiStore.getState().selectedWires, changes);
    if (next !== undefined) uiStore.setState({ selectedWires: next });
  }, []);

  const heat = useShownHeatMap();
  const scene = useMemo(
    (): OverviewScene => ({
      cards: nodes,
      wires,
      marks,
      cardViews: nodeDeriver.views,
      wireViews: wireDeriver.views,
      heat,
    }),
    [nodes, wires, marks, nodeDeriver, wireDeriver, heat],
  );
  /** Another object when the drawing looks otherwise; selecting and dragging do not count. */
  const picture = useMemo(
    () => ({ graph, inferred, blocks, diagnostics, heat, resized }),
    [graph, inferred, blocks, diagnostics, heat, resized],
  );

  return { shown, nodes, items, wires, scene, picture, onNodesChange, onEdgesChange, ...dragging };
}

/** Selects every node of the shown scope, with its frames and notes. */
export function selectAll(): void {
  const { graph } = shownScope();
  const marks = [
    ...Object.keys(graph.frames ?? {}).map((id) => `frame:${id}`),
    ...Object.keys(graph.notes ?? {}).map((id) => `note:${id}`),
  ];
  select(
    nodesOf(graph).map(([id]) => id),
    [],
    marks,
  );
}
