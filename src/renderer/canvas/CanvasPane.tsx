import '@xyflow/react/dist/style.css';
import './canvas.css';
import '../compare/compare.css';
import { ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useComparedCanvas } from '../compare/useComparedCanvas.ts';
import { HeatLegend } from '../heatmap/HeatLegend.tsx';
import { setMode, useCanvas } from './canvasStore.ts';
import { provideCanvasView, type CanvasView } from './canvasView.ts';
import { ArrangingBar } from './ArrangingBar.tsx';
import { CanvasMenu } from './CanvasMenu.tsx';
import { CanvasToolbar } from './CanvasToolbar.tsx';
import type { CanvasWire } from './deriveWires.ts';
import { detailAt, DetailContext } from './detailLevel.ts';
import { FindDialog } from './FindDialog.tsx';
import { FlowBoard } from './FlowBoard.tsx';
import { HoverExplanation } from './HoverExplanation.tsx';
import { Minimap } from './Minimap.tsx';
import { Overview } from './overview/Overview.tsx';
import { usesOverview } from './overview/overviewScene.ts';
import { useOverviewPointer } from './overview/useOverviewPointer.ts';
import { cardRound } from './placeNode.ts';
import type { Point } from './routeWire.ts';
import { ScopeBreadcrumb } from './ScopeBreadcrumb.tsx';
import { SearchBox } from './SearchBox.tsx';
import { StartCard } from './StartCard.tsx';
import { StrokeLine } from './StrokeLine.tsx';
import { useCanvasKeys } from './useCanvasKeys.ts';
import { useCanvasNodes, type CanvasItem } from './useCanvasNodes.ts';
import { useCanvasPresses } from './useCanvasPresses.ts';
import { useConnecting } from './useConnecting.ts';
import { usePaletteDrop } from './usePaletteDrop.ts';
import { useStrokes } from './useStrokes.ts';
import { motion, useViewport } from './useViewport.ts';
import { WireDialog } from './WireDialog.tsx';
import { WireExplanation } from './WireExplanation.tsx';

/** Below this width the toolbar makes way for the minimap. */
const NARROW = 660;

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
    scene,
    picture,
    moved,
    isDragging,
    onPositions,
    onNodesChange,
    onEdgesChange,
    onNodeDrag,
    onNodeDragStop,
    abortDrag,
  } = useCanvasNodes();
  const compared = useComparedCanvas(shown, items, wires);
  const connecting = useConnecting(root);
  const isFar = useStore((state) => usesOverview(state.transform[2], nodes.length));
  const { fit, onMoveEnd, goesFar } = useViewport(root, items);
  const far = isFar || goesFar;
  const drop = usePaletteDrop();
  const { marquee, hovered } = useOverviewPointer(root, far, scene, { onPositions, onNodeDrag, onNodeDragStop });

  const middle = useCallback((): Point => {
    const box = root.current?.getBoundingClientRect();
    return { x: (box?.left ?? 0) + (box?.width ?? 0) / 2, y: (box?.top ?? 0) + (box?.height ?? 0) / 2 };
  }, []);

  const middleOfCanvas = useCallback(() => cardRound(flow.screenToFlowPosition(middle())), [flow, middle]);

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
  const { onDoubleClick, presses } = useCanvasPresses(root, view);
  useCanvasKeys({ root, view, pointer, abortDrag });
  useStrokes(root);

  return (
    <DetailContext value={detail}>
      <div
        ref={root}
        tabIndex={-1}
        data-canvas-root
        data-testid="network-canvas"
        data-far={far}
        data-hovers={hovered !== null}
        data-connecting={mode.kind === 'connecting' ? mode.open.side : undefined}
        className="sw-canvas relative h-full w-full overflow-hidden outline-none"
        onDoubleClick={onDoubleClick}
        {...drop}
      >
        <FlowBoard
          isFar={far}
          items={compared.items}
          wires={compared.wires}
          cards={nodes}
          snaps={snaps}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDrag={onNodeDrag}
          onNodeDragStop={onNodeDragStop}
          onMoveEnd={onMoveEnd}
          presses={presses}
          connecting={connecting}
        >
          {far ? <Overview scene={scene} picture={picture} moved={moved} hovered={hovered} /> : null}
        </FlowBoard>
        {marquee !== null && (
          <div
            className="react-flow__selection"
            data-testid="overview-marquee"
            style={{ left: marquee.x, top: marquee.y, width: marquee.width, height: marquee.height }}
          />
        )}
        {minimap && nodes.length > 0 && <Minimap cards={nodes} marks={scene.marks} cardViews={scene.cardViews} />}
        <StrokeLine root={root} />
        <ScopeBreadcrumb />
        <HoverExplanation root={root} />
        <WireExplanation root={root} />
        <HeatLegend width={width} />
        {!isDragging && <StartCard middle={middleOfCanvas} />}
        <CanvasToolbar view={view} minimap={minimap} narrow={width < NARROW} />
        <SearchBox bounds={{ width, height }} />
        <FindDialog />
        <ArrangingBar />
        <CanvasMenu root={root} view={view} />
        <WireDialog />
      </div>
    </DetailContext>
  );
}
