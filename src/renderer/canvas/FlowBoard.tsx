import { Background, BackgroundVariant, ReactFlow, SelectionMode, type ReactFlowProps } from '@xyflow/react';
import { memo, type ReactNode } from 'react';
import { RemovedCard, RemovedWire } from '../compare/RemovedCard.tsx';
import { HeatMapOverlay } from '../heatmap/HeatMapOverlay.tsx';
import { GhostOverlay } from '../problems/GhostOverlay.tsx';
import { ActivationOverlay } from '../samples/ActivationOverlay.tsx';
import type { CanvasNode } from './deriveNodes.ts';
import type { CanvasWire } from './deriveWires.ts';
import { FrameCard } from './marks/FrameCard.tsx';
import { NoteCard } from './marks/NoteCard.tsx';
import { WaypointDot } from './marks/WaypointDot.tsx';
import { NodeCard } from './NodeCard.tsx';
import { useNearThings } from './nearView.ts';
import { GRID } from './nodeGeometry.ts';
import { OpenWireLine } from './OpenWireLine.tsx';
import { GuideLines } from './StrokeLine.tsx';
import type { CanvasItem } from './useCanvasNodes.ts';
import type { useCanvasPresses } from './useCanvasPresses.ts';
import type { useConnecting } from './useConnecting.ts';
import { MAXIMUM_ZOOM, MINIMUM_ZOOM } from './useViewport.ts';
import { WireLine } from './WireLine.tsx';

const nodeTypes = { card: NodeCard, removed: RemovedCard, frame: FrameCard, note: NoteCard, waypoint: WaypointDot };
const edgeTypes = { wire: WireLine, removed: RemovedWire };
const snapGrid: [number, number] = [GRID, GRID];
const panButtons = [1];
const multiSelectionKeys = ['Shift', 'Control', 'Meta'];
/** React Flow draws nothing where the overview stands for everything. */
const NOTHING: never[] = [];

type FlowProps = ReactFlowProps<CanvasItem, CanvasWire>;

export interface FlowBoardProps extends Required<
  Pick<FlowProps, 'onNodesChange' | 'onEdgesChange' | 'onNodeDrag' | 'onNodeDragStop' | 'onMoveEnd'>
> {
  readonly isFar: boolean;
  readonly items: CanvasItem[];
  readonly wires: CanvasWire[];
  readonly cards: readonly CanvasNode[];
  readonly snaps: boolean;
  readonly presses: ReturnType<typeof useCanvasPresses>['presses'];
  readonly connecting: ReturnType<typeof useConnecting>;
  /** What is drawn in place of all cards and wires from far away. */
  readonly children: ReactNode;
}

/** React Flow and what lies in its drawing; not drawn again by an edit that changes only what cards and wires say. */
export const FlowBoard = memo(function FlowBoard({
  isFar,
  items,
  wires,
  cards,
  snaps,
  presses,
  connecting,
  children,
  ...events
}: FlowBoardProps) {
  const near = useNearThings(items, wires);
  return (
    <ReactFlow<CanvasItem, CanvasWire>
      attributionPosition="top-right"
      aria-label="Network"
      nodes={isFar ? NOTHING : near.items}
      edges={isFar ? NOTHING : near.wires}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      {...events}
      {...presses}
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
      selectionOnDrag={!isFar}
      selectionMode={SelectionMode.Partial}
      multiSelectionKeyCode={multiSelectionKeys}
      selectNodesOnDrag
      zoomOnDoubleClick={false}
      elevateNodesOnSelect={false}
      deleteKeyCode={null}
      disableKeyboardA11y
      nodeDragThreshold={3}
    >
      {!isFar && <HeatMapOverlay cards={cards} />}
      {!isFar && <ActivationOverlay cards={cards} />}
      <GhostOverlay />
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} />
      <GuideLines />
      {children}
    </ReactFlow>
  );
});
