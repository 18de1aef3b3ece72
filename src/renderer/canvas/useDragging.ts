import { useCallback, useRef, useState } from 'react';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { currentDocument, gesture } from '../store/documentStore.ts';
import { editedScope, shownScope } from '../store/scope.ts';
import { canvasStore, IDLE, setGuides, setMode, setWaypointsInHand, setWireUnderDrag } from './canvasStore.ts';
import { carriedBy } from './carry.ts';
import { cloneSelection } from './clipboard.ts';
import { dropOnWire } from './editing.ts';
import { guideGroup } from './guides.ts';
import { pointOf, wireAt } from './hitTest.ts';
import { placeAll } from './marks/editMarks.ts';
import { WAYPOINT_SIZE } from './marks/deriveMarks.ts';
import { cardBox } from './marks/frameMembers.ts';
import { parseMark } from './marks/markKeys.ts';
import { portsOf } from './nodeView.ts';
import type { Box, Point } from './routeWire.ts';
import { wireEnd } from './skipWires.ts';

/** How near, in canvas units, another card's edge pulls. */
const GUIDE_REACH = 5;
/** Beyond this many cards a guide would be one line among hundreds. */
const GUIDES_LIMIT = 2000;

interface Drag {
  /** What moves along, from where. */
  readonly carried: ReadonlyMap<string, Point>;
  /** One of the dragged things and where it started, to tell how far all of it went. */
  readonly leader: { readonly key: string; readonly start: Point };
  readonly others: readonly Box[];
}

/** Whether nothing is connected to a node: such a node may be dropped into a wire. */
function standsAlone(graph: Graph, id: NodeId): boolean {
  if (Object.keys(graph.nodes[id]?.inputs ?? {}).length > 0) return false;
  return !nodesOf(graph).some(([, node]) => Object.values(node.inputs).some((source) => source.node === id));
}

function startOf(graph: Graph, key: string): Point | undefined {
  const mark = parseMark(key);
  if (mark === undefined) return graph.nodes[key as NodeId]?.position;
  if (mark.kind === 'frame') return graph.frames?.[mark.id]?.position;
  if (mark.kind === 'note') return graph.notes?.[mark.id]?.position;
  return graph.nodes[mark.to.node]?.inputs[mark.to.port]?.via?.[mark.index];
}

function begin(keys: readonly string[]): Drag | undefined {
  const { graph } = shownScope();
  const { blocks } = currentDocument();
  const key = keys.find((one) => startOf(graph, one) !== undefined);
  const start = key === undefined ? undefined : startOf(graph, key);
  if (key === undefined || start === undefined) return undefined;
  const carried = carriedBy(graph, blocks, keys);
  const moving = new Set([...keys, ...carried.keys()]);
  const all = nodesOf(graph);
  const others =
    all.length > GUIDES_LIMIT ? [] : all.flatMap(([id, node]) => (moving.has(id) ? [] : [cardBox(node, blocks)]));
  return { carried, leader: { key, start }, others };
}

/** React Flow reports a point's corner, the document has its middle. */
function documentPlace(key: string, { x, y }: Point): Point {
  const half = parseMark(key)?.kind === 'waypoint' ? WAYPOINT_SIZE / 2 : 0;
  return { x: x + half, y: y + half };
}

/** Dragging cards, frames, notes and points of wires: nothing of it is in the document before the drag ends. */
export function useDragging() {
  const [moved, setMoved] = useState<ReadonlyMap<string, Point> | null>(null);
  const movedNow = useRef<ReadonlyMap<string, Point> | null>(null);
  const drag = useRef<Drag | undefined>(undefined);

  const show = useCallback((places: ReadonlyMap<string, Point> | null) => {
    movedNow.current = places;
    setMoved(places);
    const points = places === null ? [] : [...places].filter(([key]) => parseMark(key)?.kind === 'waypoint');
    setWaypointsInHand(points.length === 0 ? null : new Map(points));
  }, []);

  const finish = useCallback(() => {
    show(null);
    drag.current = undefined;
    setWireUnderDrag(null);
    setGuides([]);
  }, [show]);

  const onPositions = useCallback(
    (reported: readonly (readonly [string, Point])[]) => {
      if (reported.length === 0 || canvasStore.getState().mode.kind === 'aborted') return;
      const positions = reported.map(([key, point]) => [key, documentPlace(key, point)] as const);
      drag.current ??= begin(positions.map(([key]) => key));
      const now = drag.current;
      if (now === undefined) return;
      const { graph } = shownScope();
      const { blocks } = currentDocument();
      const cards = positions.flatMap(([key, at]): Box[] => {
        const node = graph.nodes[key as NodeId];
        return node === undefined ? [] : [{ ...cardBox(node, blocks), ...at }];
      });
      const { shift, guides } = guideGroup(cards, now.others, GUIDE_REACH);
      setGuides(guides);
      const places = new Map(movedNow.current ?? []);
      for (const [id, { x, y }] of positions) places.set(id, { x: x + shift.x, y: y + shift.y });
      const leader = places.get(now.leader.key);
      if (leader !== undefined) {
        const [dx, dy] = [leader.x - now.leader.start.x, leader.y - now.leader.start.y];
        for (const [id, { x, y }] of now.carried) places.set(id, { x: x + dx, y: y + dy });
      }
      show(places);
    },
    [show],
  );

  const onNodeDrag = useCallback(
    (event: MouseEvent | TouchEvent | React.MouseEvent, node: { id: string }, all: readonly { id: string }[]) => {
      if (canvasStore.getState().mode.kind === 'aborted') return;
      const { graph } = shownScope();
      const id = node.id as NodeId;
      const card = graph.nodes[id];
      const ports = card === undefined ? undefined : portsOf(card, currentDocument().blocks);
      const fits = ports !== undefined && ports.inputs.length > 0 && ports.outputs.length > 0;
      const mayInsert = all.length === 1 && fits && standsAlone(graph, id);
      const native = 'nativeEvent' in event ? event.nativeEvent : event;
      setWireUnderDrag(mayInsert ? (wireAt(pointOf(native)) ?? null) : null);
    },
    [],
  );

  const onNodeDragStop = useCallback(
    (event: MouseEvent | TouchEvent | React.MouseEvent, node: { id: string }) => {
      const { mode, wireUnderDrag } = canvasStore.getState();
      const places = movedNow.current;
      const leader = drag.current?.leader;
      finish();
      if (mode.kind === 'aborted') {
        setMode(IDLE);
        return;
      }
      if (places === null || leader === undefined) return;
      const end = places.get(leader.key) ?? leader.start;
      if (event.altKey) {
        cloneSelection({ x: end.x - leader.start.x, y: end.y - leader.start.y });
        return;
      }
      gesture(wireUnderDrag === null ? 'Move' : 'Insert on wire', () => {
        placeAll(places);
        const card = editedScope().graph.nodes[node.id as NodeId];
        if (wireUnderDrag === null || card === undefined) return;
        const ports = portsOf(card, currentDocument().blocks);
        const [input] = ports.inputs;
        const [output] = ports.outputs;
        if (input !== undefined && output !== undefined)
          dropOnWire(node.id as NodeId, wireEnd(wireUnderDrag), { input, output });
      });
    },
    [finish],
  );

  /** Puts dragged things back; the drag ends without a trace. */
  const abortDrag = useCallback((): boolean => {
    if (movedNow.current === null) return false;
    setMode({ kind: 'aborted' });
    finish();
    return true;
  }, [finish]);

  return { moved, isDragging: moved !== null, onPositions, onNodeDrag, onNodeDragStop, abortDrag };
}
