import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Graph } from '../../graph-engine/document/schema.ts';
import { frameMembers, placesOf } from './marks/frameMembers.ts';
import { parseMark, waypointKey } from './marks/markKeys.ts';
import type { Point } from './routeWire.ts';
import { wireId } from './skipWires.ts';

/**
 * What moves along when something is dragged, with the places it starts from: all that lies in dragged frames, and the
 * points of wires between cards that move.
 */
export function carriedBy(
  graph: Graph,
  blocks: Readonly<Record<string, BlockDefinition>>,
  dragged: readonly string[],
): ReadonlyMap<string, Point> {
  const moving = new Set(dragged);
  for (const key of moving) {
    const mark = parseMark(key);
    if (mark?.kind === 'frame') for (const member of frameMembers(graph, mark.id, blocks)) moving.add(member);
  }
  for (const [id, { inputs }] of nodesOf(graph)) {
    if (!moving.has(id)) continue;
    for (const [port, wire] of Object.entries(inputs)) {
      if (!moving.has(wire.node)) continue;
      wire.via?.forEach((_, index) => moving.add(waypointKey(wireId(id, port), index)));
    }
  }
  for (const key of dragged) moving.delete(key);
  return moving.size === 0 ? new Map() : placesOf(graph, moving);
}
