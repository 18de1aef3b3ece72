import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Endpoint, Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { descendants } from './dropRules.ts';
import { COLUMN, GRID, NODE_HEIGHT, NODE_WIDTH, ROW } from './nodeGeometry.ts';
import type { Point } from './routeWire.ts';

/** The nearest point of the grid. */
export function snap(point: Point): Point {
  return { x: Math.round(point.x / GRID) * GRID, y: Math.round(point.y / GRID) * GRID };
}

/** Whether a card there would lie on another one. */
function isTaken(graph: Graph, { x, y }: Point): boolean {
  return nodesOf(graph).some(
    ([, { position }]) => Math.abs(position.x - x) < NODE_WIDTH + 10 && Math.abs(position.y - y) < NODE_HEIGHT + 10,
  );
}

/** The place wanted, or the next free one below it. */
export function freePlace(graph: Graph, wanted: Point): Point {
  let place = snap(wanted);
  for (let tries = 0; tries < 100 && isTaken(graph, place); tries++) place = { x: place.x, y: place.y + ROW };
  return place;
}

/** Where a node goes that follows others: a column behind the last of them, halfway between their rows. */
export function placeBehind(graph: Graph, ids: readonly NodeId[]): Point | undefined {
  const positions = ids.flatMap((id) => graph.nodes[id]?.position ?? []);
  if (positions.length === 0) return undefined;
  const x = Math.max(...positions.map((position) => position.x)) + COLUMN;
  const y = positions.reduce((sum, position) => sum + position.y, 0) / positions.length;
  return freePlace(graph, { x, y });
}

/** The corner of a card that lies round a point. */
export function cardRound(point: Point): Point {
  return { x: point.x - NODE_WIDTH / 2, y: point.y - NODE_HEIGHT / 2 };
}

export interface Room {
  /** Where the node goes. */
  readonly place: Point;
  /** Nodes behind it that make way, with their new places. */
  readonly moved: Readonly<Record<string, Point>>;
}

/**
 * Room for a node that goes into the wire ending at `to`: it stands level with a level wire, and what comes behind it moves
 * right as far as needed. Wires that run backwards are left as they are.
 */
export function roomOnWire(graph: Graph, to: Endpoint, dropped: Point): Room {
  const target = graph.nodes[to.node];
  const source = target === undefined ? undefined : graph.nodes[target.inputs[to.port]?.node ?? to.node];
  const place = snap(dropped);
  if (target === undefined || source === undefined || source === target) return { place, moved: {} };
  const [from, end] = [source.position, target.position];
  if (end.x - from.x < NODE_WIDTH) return { place, moved: {} };
  const isLevel = Math.abs(from.y - end.y) < NODE_HEIGHT / 2 && Math.abs(place.y - from.y) < NODE_HEIGHT;
  const x = Math.max(from.x + COLUMN, Math.min(place.x, Math.max(end.x - COLUMN, from.x + COLUMN)));
  const distance = x + COLUMN - end.x;
  const moved: Record<string, Point> = {};
  if (distance > 0) {
    for (const id of descendants(graph, to.node)) {
      const position = graph.nodes[id]?.position;
      if (position !== undefined && position.x >= end.x) moved[id] = { x: position.x + distance, y: position.y };
    }
  }
  return { place: { x, y: isLevel ? from.y : place.y }, moved };
}
