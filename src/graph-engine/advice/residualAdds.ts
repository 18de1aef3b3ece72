import type { Endpoint, NodeId } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';

/** An addition that closes a residual connection: two ways from one source, a long one and a short one. */
export interface ResidualAdd {
  readonly add: InferredNode;
  /** Where the two ways part. */
  readonly source: NodeId;
  readonly skipPort: string;
  readonly branchPort: string;
  /** What stands on the short way, from the addition back to the source; empty for an identity. */
  readonly skip: readonly InferredNode[];
  /** What stands on the long way, from the addition back to the source. */
  readonly branch: readonly InferredNode[];
  /** The ops that take the sum. */
  readonly consumers: readonly InferredNode[];
}

/** What really feeds a wire: bypassed nodes pass their first input on. */
export function liveSource(graph: InferredGraph, start: Endpoint): Endpoint {
  let source = start;
  for (
    let node = graph.nodes.get(source.node);
    node?.bypassed === true && !node.muted;
    node = graph.nodes.get(source.node)
  ) {
    const [first] = Object.keys(node.inputs);
    const next = node.node.inputs[first ?? ''];
    if (next === undefined) break;
    source = next;
  }
  return source;
}

/** What flows into a node; nothing of it counts where the node is muted. */
function sourcesOf(graph: InferredGraph, node: InferredNode): readonly NodeId[] {
  if (node.muted) return [];
  return Object.values(node.node.inputs).map((source) => liveSource(graph, source).node);
}

const [FIRST, SECOND, BOTH] = [1, 2, 3];

/** Walks back from both inputs at once, always at the node furthest down, until the ways meet. */
function meet(
  graph: InferredGraph,
  places: ReadonlyMap<NodeId, number>,
  starts: readonly [NodeId, NodeId],
): { readonly source: NodeId; readonly ways: readonly [InferredNode[], InferredNode[]] } | undefined {
  const frontier = new Map<NodeId, number>([[starts[0], FIRST]]);
  frontier.set(starts[1], (frontier.get(starts[1]) ?? 0) | SECOND);
  const ways: [InferredNode[], InferredNode[]] = [[], []];
  while (frontier.size > 0) {
    let last: NodeId | undefined;
    for (const id of frontier.keys())
      if (last === undefined || (places.get(id) ?? -1) > (places.get(last) ?? -1)) last = id;
    if (last === undefined) return undefined;
    const side = frontier.get(last) ?? 0;
    if (side === BOTH) return { source: last, ways };
    frontier.delete(last);
    const node = graph.nodes.get(last);
    if (node === undefined) return undefined;
    ways[side === FIRST ? 0 : 1].push(node);
    for (const id of sourcesOf(graph, node)) frontier.set(id, (frontier.get(id) ?? 0) | side);
  }
  return undefined;
}

/** How much is computed on a way: linear maps count, then everything. */
function weightOf(way: readonly InferredNode[]): number {
  return way.filter(({ totals }) => totals.macs > 0).length * 1000 + way.length;
}

const cache = new WeakMap<InferredGraph, readonly ResidualAdd[]>();

/** The residual connections of one graph. Additions of unrelated values, and of ways of one length, are none. */
export function residualAdds(graph: InferredGraph): readonly ResidualAdd[] {
  const known = cache.get(graph);
  if (known !== undefined) return known;
  const places = new Map(graph.order.map((id, place) => [id, place]));
  const consumers = new Map<NodeId, InferredNode[]>();
  const adds: InferredNode[] = [];
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    if (node === undefined || node.bypassed || node.muted) continue;
    if ('op' in node.node && node.node.op === 'add') adds.push(node);
    for (const source of sourcesOf(graph, node)) consumers.set(source, [...(consumers.get(source) ?? []), node]);
  }
  const found = adds.flatMap((add): ResidualAdd[] => {
    const [a, b] = [add.node.inputs['a'], add.node.inputs['b']];
    if (a === undefined || b === undefined) return [];
    const met = meet(graph, places, [liveSource(graph, a).node, liveSource(graph, b).node]);
    if (met === undefined) return [];
    const [first, second] = met.ways;
    const [left, right] = [weightOf(first), weightOf(second)];
    if (left === right) return [];
    const isFirstSkip = left < right;
    return [
      {
        add,
        source: met.source,
        skipPort: isFirstSkip ? 'a' : 'b',
        branchPort: isFirstSkip ? 'b' : 'a',
        skip: isFirstSkip ? first : second,
        branch: isFirstSkip ? second : first,
        consumers: consumers.get(add.id) ?? [],
      },
    ];
  });
  cache.set(graph, found);
  return found;
}
