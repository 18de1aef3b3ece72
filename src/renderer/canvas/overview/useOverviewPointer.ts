import { useReactFlow } from '@xyflow/react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { NodeId } from '../../../graph-engine/document/schema.ts';
import { shownScope } from '../../store/scope.ts';
import { clearSelection, select, uiStore } from '../../store/uiStore.ts';
import { canvasStore } from '../canvasStore.ts';
import { placesOf } from '../marks/frameMembers.ts';
import { parseMark } from '../marks/markKeys.ts';
import { WAYPOINT_SIZE } from '../marks/deriveMarks.ts';
import { GRID } from '../nodeGeometry.ts';
import type { Box, Point } from '../routeWire.ts';
import type { useDragging } from '../useDragging.ts';
import { provideOverviewHits } from './overviewHits.ts';
import { boxOf, thingAt, thingsIn, titleBar, type OverviewScene } from './overviewScene.ts';
import { traceLines, wireAt } from './overviewWires.ts';

type Dragging = Pick<ReturnType<typeof useDragging>, 'onPositions' | 'onNodeDrag' | 'onNodeDragStop'>;

/** Pixels the pointer goes before a press is a drag. */
const THRESHOLD = 3;

interface Chosen {
  readonly nodes: ReadonlySet<NodeId>;
  readonly marks: ReadonlySet<string>;
}

/** What the pointer is in the middle of over the picture. */
type Gesture =
  | { readonly kind: 'none' }
  | { readonly kind: 'pressed'; readonly start: Point; readonly key: string | null; readonly adds: boolean }
  | { readonly kind: 'marquee'; readonly start: Point; readonly before: Chosen; readonly adds: boolean }
  | {
      readonly kind: 'dragging';
      readonly start: Point;
      readonly leader: string;
      readonly places: ReadonlyMap<string, Point>;
    };

const NONE: Gesture = { kind: 'none' };

function pointIn({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point {
  return { x: clientX, y: clientY };
}

function between(a: Point, b: Point): Box {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

function chosen(): Chosen {
  const { selection, selectedMarks } = uiStore.getState();
  return { nodes: selection, marks: selectedMarks };
}

function isChosen(key: string): boolean {
  const { nodes, marks } = chosen();
  return nodes.has(key as NodeId) || marks.has(key);
}

/** Selects keys of nodes and marks beside what was selected before; what is there already goes when it is pressed again. */
function choose(keys: readonly string[], { nodes, marks }: Chosen, exchanges = false): void {
  const [nextNodes, nextMarks] = [new Set<NodeId>(nodes), new Set<string>(marks)];
  for (const key of keys) {
    if (parseMark(key) === undefined) {
      if (exchanges && nodes.has(key as NodeId)) nextNodes.delete(key as NodeId);
      else nextNodes.add(key as NodeId);
    } else if (exchanges && marks.has(key)) nextMarks.delete(key);
    else nextMarks.add(key);
  }
  select(nextNodes, [], nextMarks);
}

const NOTHING: Chosen = { nodes: new Set(), marks: new Set() };

/** Whether the pointer is over the board itself, not over a panel or a button on it. */
function isOnBoard(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.react-flow__pane') !== null;
}

/**
 * The pointer over the overview: a press selects, with Shift or Ctrl one more; a drag moves what is selected, or draws a
 * marquee; what is under the pointer is told. React Flow knows of no nodes while there is a picture in their place.
 */
export function useOverviewPointer(
  root: RefObject<HTMLElement | null>,
  isFar: boolean,
  scene: OverviewScene,
  dragging: Dragging,
) {
  const flow = useReactFlow();
  const [marquee, setMarquee] = useState<Box | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const latest = useRef({ scene, dragging });
  useLayoutEffect(() => {
    latest.current = { scene, dragging };
  }, [scene, dragging]);

  useEffect(() => {
    const board = root.current;
    if (board === null || !isFar) return undefined;
    let now: Gesture = NONE;
    const toDrawing = (point: Point): Point => flow.screenToFlowPosition(point, { snapToGrid: false });
    const find = (point: Point) => thingAt(latest.current.scene, toDrawing(point), flow.getZoom());

    const unprovide = provideOverviewHits({
      hitAt(point) {
        const thing = find(point);
        if (thing === undefined) return undefined;
        const box = thing.type === 'frame' ? titleBar(thing, flow.getZoom()) : boxOf(thing);
        const { x, y } = flow.flowToScreenPosition(box);
        const zoom = flow.getZoom();
        return {
          key: thing.id,
          isCard: thing.type === 'card',
          name: latest.current.scene.cardViews.get(thing.id)?.name ?? '',
          box: { x, y, width: box.width * zoom, height: box.height * zoom },
        };
      },
      wireAt: (point) => wireAt(latest.current.scene, toDrawing(point), flow.getZoom()),
      traces: () =>
        traceLines(latest.current.scene).map(({ id, points }) => ({
          id,
          points: points.map((point) => flow.flowToScreenPosition(point)),
        })),
    });

    function end(): void {
      now = NONE;
      setMarquee(null);
    }

    function onPointerDown(event: PointerEvent): void {
      if (event.button !== 0 || event.pointerType === 'touch' || !isOnBoard(event.target)) return;
      if (canvasStore.getState().mode.kind !== 'idle') return;
      const start = pointIn(event);
      const adds = event.shiftKey || event.ctrlKey || event.metaKey;
      now = { kind: 'pressed', start, key: find(start)?.id ?? null, adds };
    }

    function beginDrag(key: string, start: Point, adds: boolean): Gesture {
      if (!isChosen(key)) choose([key], adds ? chosen() : NOTHING);
      const { nodes, marks } = chosen();
      return { kind: 'dragging', start, leader: key, places: placesOf(shownScope().graph, [...nodes, ...marks]) };
    }

    function drag({ start, leader, places }: Gesture & { kind: 'dragging' }, to: Point): void {
      const [from, end] = [toDrawing(start), toDrawing(to)];
      const lead = places.get(leader) ?? { x: 0, y: 0 };
      const step = (place: number, way: number): number =>
        canvasStore.getState().snaps ? Math.round((place + way) / GRID) * GRID - place : way;
      const [dx, dy] = [step(lead.x, end.x - from.x), step(lead.y, end.y - from.y)];
      const half = (key: string): number => (parseMark(key)?.kind === 'waypoint' ? WAYPOINT_SIZE / 2 : 0);
      // As React Flow would report it: corners, the one in the hand first.
      const keys = [leader, ...[...places.keys()].filter((key) => key !== leader)];
      latest.current.dragging.onPositions(
        keys.flatMap((key) => {
          const place = places.get(key);
          return place === undefined
            ? []
            : [[key, { x: place.x + dx - half(key), y: place.y + dy - half(key) }] as const];
        }),
      );
    }

    function onPointerMove(event: PointerEvent): void {
      const to = pointIn(event);
      if (now.kind === 'none') {
        setHovered(event.buttons === 0 && isOnBoard(event.target) ? (find(to)?.id ?? null) : null);
        return;
      }
      if (now.kind === 'pressed') {
        const { start, key, adds } = now;
        if (Math.hypot(to.x - start.x, to.y - start.y) <= THRESHOLD) return;
        setHovered(null);
        now = key === null ? { kind: 'marquee', start, adds, before: chosen() } : beginDrag(key, start, adds);
      }
      if (now.kind === 'dragging') {
        drag(now, to);
        const all = [...now.places.keys()].map((id) => ({ id }));
        latest.current.dragging.onNodeDrag(event, { id: now.leader }, all);
      }
      if (now.kind !== 'marquee') return;
      const corner = board?.getBoundingClientRect() ?? { x: 0, y: 0 };
      const box = between(now.start, to);
      setMarquee({ ...box, x: box.x - corner.x, y: box.y - corner.y });
      const inside = thingsIn(latest.current.scene, between(toDrawing(now.start), toDrawing(to)));
      choose(
        inside.map(({ id }) => id),
        now.adds ? now.before : NOTHING,
      );
    }

    function onPointerUp(event: PointerEvent): void {
      const done = now;
      end();
      if (done.kind === 'dragging') latest.current.dragging.onNodeDragStop(event, { id: done.leader });
      if (done.kind !== 'pressed') return;
      const wire = done.key === null ? wireAt(latest.current.scene, toDrawing(done.start), flow.getZoom()) : undefined;
      if (done.key !== null) choose([done.key], done.adds ? chosen() : NOTHING, done.adds);
      else if (wire !== undefined) select([], done.adds ? [...uiStore.getState().selectedWires, wire] : [wire]);
      else if (!done.adds) clearSelection();
    }

    function onKeyDown(event: KeyboardEvent): void {
      // A drag is put back by the canvas, as every drag is.
      if (event.key !== 'Escape' || now.kind !== 'marquee') return;
      const { before } = now;
      end();
      choose([], before);
      event.stopPropagation();
    }

    function onLeave(): void {
      setHovered(null);
    }

    board.addEventListener('pointerdown', onPointerDown);
    board.addEventListener('pointerleave', onLeave);
    window.addEventListener('pointermove', onPointerMove);
    window.addEventListener('pointerup', onPointerUp);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', onKeyDown, true);
    return () => {
      unprovide();
      end();
      setHovered(null);
      board.removeEventListener('pointerdown', onPointerDown);
      board.removeEventListener('pointerleave', onLeave);
      window.removeEventListener('pointermove', onPointerMove);
      window.removeEventListener('pointerup', onPointerUp);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', onKeyDown, true);
    };
  }, [root, isFar, flow]);

  return useMemo(() => ({ marquee, hovered }), [marquee, hovered]);
}
