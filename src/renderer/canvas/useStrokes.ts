import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { disconnect } from '../../graph-engine/document/commands/connect.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { currentDocument, dispatch, gesture } from '../store/documentStore.ts';
import { editedScope } from '../store/scope.ts';
import { showToast } from '../ui/Toast.tsx';
import { canvasStore, IDLE, setMode, type StrokeTool } from './canvasStore.ts';
import { bestInput, bestOutput } from './dropRules.ts';
import { connectWire, mergeNodes } from './editing.ts';
import { nodeAt, portAt } from './hitTest.ts';
import { addWaypoint } from './marks/editMarks.ts';
import { moveWires, targetOf, wireIdsAt, type Port } from './moveWires.ts';
import type { Point } from './routeWire.ts';
import { wireEnd } from './skipWires.ts';
import { crossedWires, traceWires } from './strokes.ts';

/** Which tool a press of the mouse takes up: the right button with a key held, Ctrl+Shift on a node, or Ctrl on a port with wires. */
function toolOf(event: PointerEvent): StrokeTool | undefined {
  const control = event.ctrlKey || event.metaKey;
  if (event.button === 0 && control && event.shiftKey) return nodeAt(pointIn(event)) === undefined ? undefined : 'join';
  if (event.button === 0 && control && !event.altKey)
    return portUnder(pointIn(event)) === undefined ? undefined : 'rewire';
  if (event.button !== 2) return undefined;
  if (event.altKey) return nodeAt(pointIn(event)) === undefined ? undefined : 'wire';
  return control ? 'cut' : event.shiftKey ? 'reroute' : undefined;
}

function pointIn({ clientX, clientY }: { clientX: number; clientY: number }): Point {
  return { x: clientX, y: clientY };
}

/** The two nodes that a joining stroke leads from and to. */
function joined(points: readonly Point[]): readonly [NodeId, NodeId] | undefined {
  const [start, end] = [points[0], points.at(-1)];
  const from = start === undefined ? undefined : nodeAt(start)?.node;
  const to = end === undefined ? undefined : nodeAt(end)?.node;
  const { nodes } = editedScope().graph;
  if (from === undefined || to === undefined || from === to) return undefined;
  return nodes[from] === undefined || nodes[to] === undefined ? undefined : [from, to];
}

function join(points: readonly Point[]): void {
  const ends = joined(points);
  if (ends !== undefined && mergeNodes('add', ends) === undefined)
    showToast({ title: 'Nothing added', description: 'An Add needs two nodes with outputs.' });
}

/** The port under the pointer that has wires to move. */
function portUnder(point: Point): Port | undefined {
  const hit = portAt(point);
  if (hit?.port === undefined || hit.side === undefined) return undefined;
  const port = { node: hit.node, port: hit.port, side: hit.side };
  return wireIdsAt(editedScope().graph, port).length === 0 ? undefined : port;
}

/** Where the wires of the port at the beginning of a stroke would go at its end. */
function rewired(from: Port, points: readonly Point[]): Port | undefined {
  const end = points.at(-1);
  const hit = end === undefined ? undefined : (portAt(end) ?? nodeAt(end));
  return hit === undefined ? undefined : targetOf(editedScope().graph, from, hit);
}

function rewire(from: Port, points: readonly Point[]): void {
  const to = rewired(from, points);
  if (to === undefined) return;
  const verdict = moveWires(from, to);
  if (!verdict.ok) showToast({ tone: 'danger', title: 'Not moved', description: verdict.reason });
}

function connectLazily(points: readonly Point[]): void {
  const ends = joined(points);
  if (ends === undefined) return;
  const { graph } = editedScope();
  const { blocks } = currentDocument();
  const [from, to] = ends;
  const [output, input] = [bestOutput(graph, from, blocks), bestInput(graph, to, blocks)];
  if (output === undefined || input === undefined) return;
  const verdict = connectWire({ node: from, port: output }, { node: to, port: input });
  if (!verdict.ok) showToast({ tone: 'danger', title: 'Not connected', description: verdict.reason });
}

/** The wires that are in the hand, and the card they would go to. */
function rewireHits(from: Port, points: readonly Point[]): ReadonlySet<string> {
  const to = rewired(from, points);
  return new Set([...wireIdsAt(editedScope().graph, from), ...(to === undefined ? [] : [to.node])]);
}

/** Lines drawn by hand: a knife through wires, points on wires, an Add of two nodes, a wire from node to node. */
export function useStrokes(root: React.RefObject<HTMLDivElement | null>): void {
  const flow = useReactFlow();
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    let wires: ReturnType<typeof traceWires> = [];
    let grabbed: Port | undefined;
    let swallowMenu = false;

    function finish(tool: StrokeTool, points: readonly Point[]): void {
      setMode(IDLE);
      if (tool === 'join') join(points);
      else if (tool === 'wire') connectLazily(points);
      else if (tool === 'rewire') {
        if (grabbed !== undefined) rewire(grabbed, points);
      } else {
        const crossed = crossedWires(points, wires);
        if (crossed.size === 0) return;
        gesture(tool === 'cut' ? 'Cut wires' : 'Reroute wires', () => {
          for (const [wire, at] of crossed) {
            if (tool === 'cut') dispatch(disconnect, { scope: editedScope().scope, to: wireEnd(wire) });
            else addWaypoint(wire, flow.screenToFlowPosition(at, { snapToGrid: false }));
          }
        });
      }
    }

    function onPointerDown(event: PointerEvent): void {
      // A menu that opens on release has come by now; where it opens on press it is the next one's.
      swallowMenu = false;
      const onCanvas =
        event.target instanceof Element && event.target.closest('.react-flow__pane, .react-flow__renderer');
      if (canvasStore.getState().mode.kind !== 'idle' || onCanvas === false || onCanvas === null) return;
      const tool = toolOf(event);
      if (tool === undefined) return;
      // React Flow would start a selection or a drag of its own.
      event.stopPropagation();
      event.preventDefault();
      grabbed = tool === 'rewire' ? portUnder(pointIn(event)) : undefined;
      wires = tool === 'cut' || tool === 'reroute' ? traceWires(element ?? document.body) : [];
      setMode({ kind: 'stroke', tool, points: [pointIn(event)], hits: new Set() });
    }
    function onMouseDown(event: MouseEvent): void {
      if (canvasStore.getState().mode.kind !== 'stroke') return;
      event.stopPropagation();
      event.preventDefault();
    }
    function onPointerMove(event: PointerEvent): void {
      const { mode } = canvasStore.getState();
      if (mode.kind !== 'stroke') return;
      const straight = mode.tool === 'join' || mode.tool === 'wire' || mode.tool === 'rewire';
      const [start] = mode.points;
      const points = straight && start !== undefined ? [start, pointIn(event)] : [...mode.points, pointIn(event)];
      const hits =
        grabbed !== undefined
          ? rewireHits(grabbed, points)
          : straight
            ? new Set(joined(points))
            : new Set(crossedWires(points, wires).keys());
      setMode({ ...mode, points, hits });
    }
    function onPointerUp(): void {
      const { mode } = canvasStore.getState();
      if (mode.kind === 'stroke') finish(mode.tool, mode.points);
    }
    function onContextMenu(event: MouseEvent): void {
      // The menu opens on press on one system and on release on another.
      if (canvasStore.getState().mode.kind === 'stroke' || swallowMenu) event.preventDefault();
      swallowMenu = false;
    }
    function onRelease(event: PointerEvent): void {
      swallowMenu = event.button === 2 && canvasStore.getState().mode.kind === 'stroke';
      onPointerUp();
    }

    element.addEventListener('pointerdown', onPointerDown, true);
    element.addEventListener('mousedown', onMouseDown, true);
    window.addEventListener('pointermove', onPointerMove);
    window.addEventListener('pointerup', onRelease, true);
    window.addEventListener('contextmenu', onContextMenu, true);
    return () => {
      element.removeEventListener('pointerdown', onPointerDown, true);
      element.removeEventListener('mousedown', onMouseDown, true);
      window.removeEventListener('pointermove', onPointerMove);
      window.removeEventListener('pointerup', onRelease, true);
      window.removeEventListener('contextmenu', onContextMenu, true);
    };
  }, [root, flow]);
}
