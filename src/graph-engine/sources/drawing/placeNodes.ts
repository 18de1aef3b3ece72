import { nodesOf } from '../../document/graphs.ts';
import type { Graph, NodeId } from '../../document/schema.ts';

const COLUMN = 220;
const ROW = 110;
/** A row of cards about as wide as a screen shows legibly. */
const FEWEST_COLUMNS = 9;

/**
 * Puts nodes in columns by the longest way from an input, and columns in rows that keep the whole about as wide as a screen. A row
 * ends where as few wires as possible go on, so that what belongs together stays together.
 */
export function placeNodes(graph: Graph): void {
  const ranks = new Map<NodeId, number>();
  const columns: NodeId[][] = [];
  const crossing: number[] = [];
  for (const [id, node] of nodesOf(graph)) {
    const before = Object.values(node.inputs).map((wire) => ranks.get(wire.node) ?? 0);
    const rank = before.length === 0 ? 0 : Math.max(...before) + 1;
    ranks.set(id, rank);
    (columns[rank] ??= []).push(id);
    // How many wires pass each border between two columns.
    for (const from of before) for (let at = from; at < rank; at++) crossing[at] = (crossing[at] ?? 0) + 1;
  }
  const perRow = Math.max(FEWEST_COLUMNS, Math.ceil(Math.sqrt(columns.length * 2)));
  let top = 0;
  for (let start = 0; start < columns.length;) {
    const end = rowEnd(start, columns.length, perRow, crossing);
    const row = columns.slice(start, end);
    for (const [x, column] of row.entries()) {
      for (const [y, id] of column.entries()) {
        const node = graph.nodes[id];
        if (node !== undefined) node.position = { x: x * COLUMN, y: top + y * ROW };
      }
    }
    top += Math.max(...row.map((column) => column.length)) * ROW + ROW;
    start = end;
  }
}

/** The column after the last one of a row: among the last third of its room the one that the fewest wires go beyond. */
function rowEnd(start: number, count: number, perRow: number, crossing: readonly number[]): number {
  if (count - start <= perRow) return count;
  let best = start + perRow;
  for (let end = start + perRow; end > start + (perRow * 2) / 3; end--) {
    if ((crossing[end - 1] ?? 0) < (crossing[best - 1] ?? 0)) best = end;
  }
  return best;
}
