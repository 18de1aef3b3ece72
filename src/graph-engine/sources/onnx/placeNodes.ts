import { nodesOf } from '../../document/graphs.ts';
import type { Graph, NodeId } from '../../document/schema.ts';

const COLUMN = 220;
const ROW = 110;

/** Puts nodes in columns by the longest way from an input; the editor's own layout goes over it. */
export function placeNodes(graph: Graph): void {
  const ranks = new Map<NodeId, number>();
  const rows = new Map<number, number>();
  for (const [id, node] of nodesOf(graph)) {
    const before = Object.values(node.inputs).map((wire) => ranks.get(wire.node) ?? 0);
    const rank = before.length === 0 ? 0 : Math.max(...before) + 1;
    const row = rows.get(rank) ?? 0;
    ranks.set(id, rank);
    rows.set(rank, row + 1);
    node.position = { x: rank * COLUMN, y: row * ROW };
  }
}
