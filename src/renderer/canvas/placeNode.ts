import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Graph, NodeId } from '../../graph-engine/document/schema.ts';
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
