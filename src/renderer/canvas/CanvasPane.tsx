import '@xyflow/react/dist/style.css';
import './canvas.css';
import '../compare/compare.css';
import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { RemovedCard, RemovedWire } from '../compare/RemovedCard.tsx';
import { useComparedCanvas } from '../compare/useComparedCanvas.ts';
import { enterBlock, select } from '../store/uiStore.ts';
import { HeatLegend } from '../heatmap/HeatLegend.tsx';
import { HeatMapOverlay } from '../heatmap/HeatMapOverlay.tsx';
import { GhostOverlay } from '../problems/GhostOverlay.tsx';
import { setMode, useCanvas } from './canvasStore.ts';
import { provideCanvasView, type CanvasView } from './canvasView.ts';
import { ArrangingBar } from './ArrangingBar.tsx';
import { CanvasMenu } from './CanvasMenu.tsx';
import { CanvasToolbar } from './CanvasToolbar.tsx';
import type { CanvasWire } from './deriveWires.ts';
import { detailAt, DetailContext } from './detailLevel.ts';
import { familyColour } from './FamilyIcon.tsx';
import { FindDialog } from './FindDialog.tsx';
import { FrameCard } from './marks/FrameCard.tsx';
import { addWaypoint } from './marks/editMarks.ts';
import { parseMark } from './marks/markKeys.ts';
import { NoteCard } from './marks/NoteCard.tsx';
import { WaypointDot } from './marks/WaypointDot.tsx';
import { HoverExplanation } from './HoverExplanation.tsx';
import { NodeCard } from './NodeCard.tsx';
import { GRID } from './nodeGeometry.ts';
import { OpenWireLine } from './OpenWireLine.tsx';
import { Overview } from './Overview.tsx';
import { cardAt, usesOverview } from './paintOverview.ts';
import { cardRound } from './placeNode.ts';
import type { Point } from './routeWire.ts';
import { ScopeBreadcrumb } from './ScopeBreadcrumb.tsx';
import { SearchBox } from './SearchBox.tsx';
import { StartCard } from './StartCard.tsx';
import { GuideLines, StrokeLine } from './StrokeLine.tsx';
import { useCanvasKeys } from './useCanvasKeys.ts';
import { useCanvasNodes, type CanvasItem } from './useCanvasNodes.ts';
import { useConnecting } from './useConnecting.ts';
import { usePaletteDrop } from './usePaletteDrop.ts';
import { useStrokes } from './useStrokes.ts';
import { MAXIMUM_ZOOM, MINIMUM_ZOOM, motion, useViewport } from './useViewport.ts';
import { WireDialog } from './WireDialog.tsx';
import { WireLine } from './WireLine.tsx';

const nodeTypes = { card: NodeCard, removed: RemovedCard, frame: FrameCard, note: NoteCard, waypoint: WaypointDot };
const edgeTypes = { wire: WireLine, removed: RemovedWire };
const snapGrid: [number, number] = [GRID, GRID];
/** Below this width the toolbar makes way for the minimap. */
const NARROW = 660;
const panButtons = [1];
/** The minimap draws every node all the time. */
const MINIMAP_LIMIT = 2000;
const minimapSize = { width: 168, height: 104 };
/** React Flow draws nothing where the overview stands for everything. */
const NOTHING: never[] = [];
const multiSelectionKeys = ['Shift', 'Control', 'Meta'];

/** Frames show as areas on the minimap, points of wires not at all. */
function minimapColour(item: CanvasItem): string {
  if (item.type === 'card') return familyColour(item.data.view.family);
  return parseMark(item.id)?.kind === 'note' ? 'var(--color-ink-faint)' : 'transparent';
}

/** The drawing board. */
export function CanvasPane() {
  return (
    <ReactFlowProvider>
      <Canvas />
    </ReactFlowProvider>
  );
}

function Canvas() {
  const root = useRef<HTMLDivElement>(null);
  const flow = useReactFlow<CanvasItem, CanvasWire>();
  const detail = useStore((state) => detailAt(state.transform[2]));
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const mode = useCanvas((state) => state.mode);
  const snaps = useCanvas((state) => state.snaps);
  const [minimap, setMinimap] = useState(true);
  const pointer = useRef<Point | null>(null);
  const {
    shown,
    nodes,
    items,
    wires,
    isDragging,
    onNodesChange,
    onEdgesChange,
    onNodeDrag,
    onNodeDragStop,
    abortDrag,
  } = useCanvasNodes();
  const compared = useComparedCanvas(shown, items, wires);
  const connecting = useConnecting(root);
  const far = useStore((state) => usesOverview(state.transform[2], nodes.length));
  const { fit, onMoveEnd } = useViewport(root, items);
  const drop = usePaletteDrop();

  const middle = useCallback((): Point => {
    const box = root.current?.getBoundingClientRect();
    return { x: (box?.left ?? 0) + (box?.width ?? 0) / 2, y: (box?.top ?? 0) + (box?.height ?? 0) / 2 };
  }, []);

  const openSearch = useCallback(
    (point: Point | null, onWire: string | null = null) => {
      const box = root.current?.getBoundingClientRect();
      const at = point ?? middle();
      setMode({
        kind: 'searching',
        screen: {
          x: at.x - (box?.left ?? 0) - (point === null ? 144 : 0),
          y: at.y - (box?.top ?? 0) - (point === null ? 160 : 0),
        },
        at: cardRound(flow.screenToFlowPosition(at)),
        open: null,
        onWire,
        behindSelection: point === null && onWire === null,
      });
    },
    [flow, middle],
  );

  const view = useMemo(
    (): CanvasView => ({
      fit,
      openSearch,
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration: 120 }),
      zoomIn: () => void flow.zoomIn({ duration: 120 }),
      zoomOut: () => void flow.zoomOut({ duration: 120 }),
      toggleMinimap: () => setMinimap((shown) => !shown),
      place: () => flow.screenToFlowPosition(pointer.current ?? middle(), { snapToGrid: false }),
      look: () => ({ centre: flow.screenToFlowPosition(middle(), { snapToGrid: false }), zoom: flow.getZoom() }),
      lookAt: ({ x, y }, zoom) => void flow.setCenter(x, y, { zoom, duration: motion() }),
    }),
    [fit, flow, middle, openSearch],
  );
  useEffect(() => provideCanvasView(view), [view]);
  useCanvasKeys({ root, view, pointer, abortDrag });
  useStrokes(root);

  return (
    <DetailContext value={detail}>
      <div
        ref={root}
        tabIndex={-1}
        data-canvas-root
        data-testid="network-canvas"
        data-connecting={mode.kind === 'connecting' ? mode.open.side : undefined}
        className="sw-canvas relative h-full w-full overflow-hidden outline-none"
        onDoubleClick={(event) => {
          if (event.target instanceof Element && event.target.classList.contains('react-flow__pane')) {
            const card = far
              ? cardAt(nodes, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }))
              : undefined;
            if (card !== undefined) {
              fit(new Set([card.id]));
              return;
            }
            openSearch({ x: event.clientX, y: event.clientY });
          }
        }}
        {...drop}
      >
        <ReactFlow<CanvasItem, CanvasWire>
          attributionPosition="top-right"
          aria-label="Network"
          nodes={far ? NOTHING : compared.items}
          edges={far ? NOTHING : compared.wires}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDrag={onNodeDrag}
          onNodeDragStop={onNodeDragStop}
          onNodeClick={(event, node) => {
            // A press on one of several takes that one; a drag would have moved them all.
            if (event.shiftKey || event.ctrlKey || event.metaKey) return;
            if (node.type === 'card') select([node.id as NodeId]);
            else select([], [], [node.id]);
          }}
          onNodeDoubleClick={(_event, node) => {
            if (node.type === 'card' && node.data.view.family === 'block') enterBlock(node.id as NodeId);
          }}
          onEdgeDoubleClick={(event, wire) => openSearch({ x: event.clientX, y: event.clientY }, wire.id)}
          onEdgeClick={(event, wire) => {
            const at = { x: event.clientX, y: event.clientY };
            if (event.altKey) addWaypoint(wire.id, flow.screenToFlowPosition(at, { snapToGrid: false }));
          }}
          onMoveEnd={onMoveEnd}
          onPaneClick={(event) => {
            root.current?.focus({ preventScroll: true });
            const card = far
              ? cardAt(nodes, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }))
              : undefined;
            if (card !== undefined) select([card.id as NodeId]);
          }}
          {...connecting}
          connectionLineComponent={OpenWireLine}
          connectionRadius={22}
          connectOnClick={false}
          reconnectRadius={14}
          onlyRenderVisibleElements
          minZoom={MINIMUM_ZOOM}
          maxZoom={MAXIMUM_ZOOM}
          snapToGrid={snaps}
          snapGrid={snapGrid}
          panOnScroll
          panOnDrag={panButtons}
          selectionOnDrag
          selectionMode={SelectionMode.Partial}
          multiSelectionKeyCode={multiSelectionKeys}
          selectNodesOnDrag
          zoomOnDoubleClick={false}
          elevateNodesOnSelect={false}
          deleteKeyCode={null}
          disableKeyboardA11y
          nodeDragThreshold={3}
        >
          <HeatMapOverlay cards={nodes} />
          <GhostOverlay />
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} />
          {minimap && !far && nodes.length > 0 && nodes.length <= MINIMAP_LIMIT && (
            <MiniMap<CanvasItem>
              pannable
              zoomable
              ariaLabel="Minimap"
              nodeColor={minimapColour}
              nodeBorderRadius={12}
              style={minimapSize}
              className="sw-minimap"
            />
          )}
          <GuideLines />
          {far && <Overview nodes={nodes} wires={wires} />}
        </ReactFlow>
        <StrokeLine root={root} />
        <ScopeBreadcrumb />
        <HoverExplanation root={root} />
        <HeatLegend width={width} />
        {!isDragging && <StartCard middle={() => cardRound(flow.screenToFlowPosition(middle()))} />}
        <CanvasToolbar
          onSearch={() => openSearch(null)}
          onFit={() => fit('all')}
          minimap={minimap}
          narrow={width < NARROW}
          onToggleMinimap={() => setMinimap((shown) => !shown)}
        />
        <SearchBox bounds={{ width, height }} />
        <FindDialog />
        <ArrangingBar />
        <CanvasMenu root={root} view={view} />
        <WireDialog />
      </div>
    </DetailContext>
  );
}
