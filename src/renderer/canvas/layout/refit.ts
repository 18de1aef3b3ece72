import { nodesOf } from '../../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Endpoint, Frame, Graph, MarkId, NodeId } from '../../../graph-engine/document/schema.ts';
import { cardBox, frameMembers, frameRound, markBox } from '../marks/frameMembers.ts';
import { parseMark } from '../marks/markKeys.ts';
import type { Box, Point } from '../routeWire.ts';
import type { LayoutFrame } from './layoutFrames.ts';
import type { LayoutPositions } from './layoutGraph.ts';

type Blocks = Readonly<Record<string, BlockDefinition>>;

/** Frames from the smallest to the largest: what lies in another one comes before it. */
function framesBySize(graph: Graph): readonly [MarkId, Frame][] {
  const area = ({ size }: Frame): number => size.width * size.height;
  return (Object.entries(graph.frames ?? {}) as [MarkId, Frame][]).sort(([, a], [, b]) => area(a) - area(b));
}

/** What the frames of a graph hold together, for a layout of the wanted nodes: each node is in the smallest one round it. */
export function framesOf(graph: Graph, wanted: ReadonlySet<NodeId>, blocks: Blocks): readonly LayoutFrame[] {
  const owned = new Set<string>();
  return framesBySize(graph).map(([id]): LayoutFrame => {
    const free = frameMembers(graph, id, blocks).filter((member) => !owned.has(member));
    for (const member of free) owned.add(member);
    const frames = free.flatMap((member) => {
      const mark = parseMark(member);
      return mark?.kind === 'frame' ? [mark.id] : [];
    });
    return { id, nodes: free.filter((member) => wanted.has(member as NodeId)), frames };
  });
}

/** How frames, notes and points of wires follow cards to new places. */
export interface Refit {
  readonly frames: readonly { readonly id: MarkId; readonly place: Pick<Frame, 'position' | 'size'> }[];
  readonly notes: readonly { readonly id: MarkId; readonly position: Point }[];
  readonly waypoints: readonly { readonly to: Endpoint; readonly via: readonly Point[] }[];
}

function middle({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

/** A point keeps its place between the ends of its wire: near one end it goes with that end. */
function follow(point: Point, from: Point, to: Point, start: Point, end: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0.5 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return {
    x: Math.round(point.x + start.x * (1 - share) + end.x * share),
    y: Math.round(point.y + start.y * (1 - share) + end.y * share),
  };
}

/** Where frames, notes and points of wires belong when cards go to new places; `graph` is as it was before. */
export function refit(graph: Graph, positions: LayoutPositions, blocks: Blocks): Refit {
  const shiftOf = (id: string): Point => {
    const [old, now] = [graph.nodes[id as NodeId]?.position, positions[id]];
    return old === undefined || now === undefined ? { x: 0, y: 0 } : { x: now.x - old.x, y: now.y - old.y };
  };
  const isMoved = (id: string): boolean => shiftOf(id).x !== 0 || shiftOf(id).y !== 0;
  const boxes = new Map<string, Box>();
  for (const [id, node] of nodesOf(graph)) {
    const shift = shiftOf(id);
    const box = cardBox(node, blocks);
    boxes.set(id, { ...box, x: box.x + shift.x, y: box.y + shift.y });
  }

  const notes: { id: MarkId; position: Point }[] = [];
  for (const [id, note] of Object.entries(graph.notes ?? {}) as [MarkId, NonNullable<Graph['notes']>[MarkId]][]) {
    const at = middle(markBox(note));
    let nearest: { readonly id: NodeId; readonly distance: number } | undefined;
    for (const [node, card] of nodesOf(graph)) {
      const centre = middle(cardBox(card, blocks));
      const distance = Math.hypot(centre.x - at.x, centre.y - at.y);
      if (nearest === undefined || distance < nearest.distance) nearest = { id: node, distance };
    }
    const shift = nearest === undefined ? { x: 0, y: 0 } : shiftOf(nearest.id);
    const position = { x: note.position.x + shift.x, y: note.position.y + shift.y };
    boxes.set(`note ${id}`, { ...position, ...note.size });
    if (shift.x !== 0 || shift.y !== 0) notes.push({ id, position });
  }

  const frames: { id: MarkId; place: Pick<Frame, 'position' | 'size'> }[] = [];
  for (const [id] of framesBySize(graph)) {
    const members = frameMembers(graph, id, blocks);
    const inside = members.flatMap((member): Box[] => {
      const mark = parseMark(member);
      const key = mark === undefined ? member : mark.kind === 'waypoint' ? '' : `${mark.kind} ${mark.id}`;
      const box = boxes.get(key);
      return box === undefined ? [] : [box];
    });
    const place = members.some(isMoved) ? frameRound(inside) : undefined;
    const frame = graph.frames?.[id];
    if (place !== undefined) frames.push({ id, place });
    if (frame !== undefined)
      boxes.set(`frame ${id}`, place === undefined ? markBox(frame) : { ...place.position, ...place.size });
  }

  const waypoints: { to: Endpoint; via: readonly Point[] }[] = [];
  for (const [id, node] of nodesOf(graph)) {
    for (const [port, { node: source, via }] of Object.entries(node.inputs)) {
      const origin = graph.nodes[source];
      const [start, end] = [shiftOf(source), shiftOf(id)];
      if (via === undefined || origin === undefined || (!isMoved(source) && !isMoved(id))) continue;
      const [from, to] = [middle(cardBox(origin, blocks)), middle(cardBox(node, blocks))];
      waypoints.push({ to: { node: id, port }, via: via.map((point) => follow(point, from, to, start, end)) });
    }
  }
  return { frames, notes, waypoints };
}
