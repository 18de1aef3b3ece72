import { coordGreedy, decrossTwoLayer, graphStratify, layeringLongestPath, sugiyama } from 'd3-dag';
import { COLUMN, GRID, NODE_HEIGHT, NODE_WIDTH, ROW } from '../nodeGeometry.ts';

export type LayoutDirection = 'right' | 'down';

export interface LayoutNode {
  readonly id: string;
  readonly height: number;
  /** That of a card when left out. */
  readonly width?: number;
  /** Nodes that feed it. */
  readonly sources: readonly string[];
}

export type LayoutPositions = Record<string, { readonly x: number; readonly y: number }>;

/** Places nodes in layers, sources before what they feed (Sugiyama's method). Top left corners; the graph has no cycle. */
export function layoutGraph({
  nodes,
  direction,
}: {
  readonly nodes: readonly LayoutNode[];
  readonly direction: LayoutDirection;
}): LayoutPositions {
  if (nodes.length === 0) return {};
  const dag = graphStratify()
    .id((node: LayoutNode) => node.id)
    .parentIds((node: LayoutNode) => [...new Set(node.sources)])([...nodes]);
  const right = direction === 'right';
  // The library lays out downwards; to the right, the sides are exchanged.
  const layout = sugiyama()
    .layering(layeringLongestPath().topDown(true))
    .decross(decrossTwoLayer())
    .coord(coordGreedy())
    .nodeSize(({ data: { width = NODE_WIDTH, height } }: { data: LayoutNode }) =>
      right ? [height, width] : [width, height],
    )
    .gap(right ? [ROW - NODE_HEIGHT, COLUMN - NODE_WIDTH] : [COLUMN - NODE_WIDTH, ROW - NODE_HEIGHT]);
  layout(dag);
  const snapped = (value: number): number => Math.round(value / GRID) * GRID;
  const placed = [...dag.nodes()].map(({ data, x, y }) => {
    const [column, row] = right ? [y, x] : [x, y];
    return [
      data.id,
      { x: snapped(column - (data.width ?? NODE_WIDTH) / 2), y: snapped(row - data.height / 2) },
    ] as const;
  });
  return Object.fromEntries(placed);
}
