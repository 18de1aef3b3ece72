import '@xyflow/react/dist/style.css';
import './canvas.css';
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
import { useCallback, useRef, useState } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { enterBlock } from '../store/uiStore.ts';
import { setMode, useCanvas } from './canvasStore.ts';
import { CanvasToolbar } from './CanvasToolbar.tsx';
import type { CanvasNode } from './deriveNodes.ts';
import type { CanvasWire } from './deriveWires.ts';
import { detailAt, DetailContext } from './detailLevel.ts';
import { familyColour } from './FamilyIcon.tsx';
import { NodeCard } from './NodeCard.tsx';
import { GRID } from './nodeGeometry.ts';
import { OpenWireLine } from './OpenWireLine.tsx';
import { cardRound } from './placeNode.ts';
import type { Point } from './routeWire.ts';
import { ScopeBreadcrumb } from './ScopeBreadcrumb.tsx';
import { SearchBox } from './SearchBox.tsx';
import { StartCard } from './StartCard.tsx';
import { useCanvasKeys } from './useCanvasKeys.ts';
import { useCanvasNodes } from './useCanvasNodes.ts';
import { useConnecting } from './useConnecting.ts';
import { usePaletteDrop } from './usePaletteDrop.ts';
import { MAXIMUM_ZOOM, MINIMUM_ZOOM, useViewport } from './useViewport.ts';
import { WireLine } from './WireLine.tsx';

const nodeTypes = { card: NodeCard };
const edgeTypes = { wire: WireLine };
const snapGrid: [number, number] = [GRID, GRID];
/** Below this width the toolbar makes way for the minimap. */
const NARROW = 660;
const panButtons = [1];
/** The minimap draws every node all the time. */
const MINIMAP_LIMIT = 2000;
const minimapSize = { width: 168, height: 104 };
const multiSelectionKeys = ['Shift', 'Control', 'Meta'];

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
  const flow = useReactFlow<CanvasNode, CanvasWire>();
  const detail = useStore((state) => detailAt(state.transform[2]));
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const mode = useCanvas((state) => state.mode);
  const [minimap, setMinimap] = useState(true);
  const { nodes, wires, isDragging, onNodesChange, onEdgesChange, onNodeDrag, onNodeDragStop, abortDrag } =
    useCanvasNodes();
  const connecting = useConnecting(root);
  const { fit, onMoveEnd } = useViewport(root, nodes);
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

  useCanvasKeys({ root, fit, openSearch, abortDrag });

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
            openSearch({ x: event.clientX, y: event.clientY });
          }
        }}
        {...drop}
      >
        <ReactFlow<CanvasNode, CanvasWire>
          attributionPosition="top-right"
          aria-label="Network"
          nodes={nodes}
          edges={wires}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDrag={onNodeDrag}
          onNodeDragStop={onNodeDragStop}
          onNodeDoubleClick={(_event, node) => {
            if (node.data.view.family === 'block') enterBlock(node.id as NodeId);
          }}
          onEdgeDoubleClick={(event, wire) => openSearch({ x: event.clientX, y: event.clientY }, wire.id)}
          onMoveEnd={onMoveEnd}
          onPaneClick={() => root.current?.focus({ preventScroll: true })}
          {...connecting}
          connectionLineComponent={OpenWireLine}
          connectionRadius={22}
          connectOnClick={false}
          reconnectRadius={14}
          onlyRenderVisibleElements
          minZoom={MINIMUM_ZOOM}
          maxZoom={MAXIMUM_ZOOM}
          snapToGrid
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
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} />
          {minimap && nodes.length > 0 && nodes.length <= MINIMAP_LIMIT && (
            <MiniMap<CanvasNode>
              pannable
              zoomable
              ariaLabel="Minimap"
              nodeColor={(node) => familyColour(node.data.view.family)}
              nodeBorderRadius={12}
              style={minimapSize}
              className="sw-minimap"
            />
          )}
        </ReactFlow>
        <ScopeBreadcrumb />
        {!isDragging && <StartCard middle={() => cardRound(flow.screenToFlowPosition(middle()))} />}
        <CanvasToolbar
          onSearch={() => openSearch(null)}
          onFit={() => fit('all')}
          minimap={minimap}
          narrow={width < NARROW}
          onToggleMinimap={() => setMinimap((shown) => !shown)}
        />
        <SearchBox bounds={{ width, height }} />
      </div>
    </DetailContext>
  );
}
