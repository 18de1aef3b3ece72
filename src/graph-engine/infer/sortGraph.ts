import { nodesOf } from '../document/graphs.ts';
import { rememberByWiring } from '../document/sameWiring.ts';
import type { Graph, NodeId } from '../document/schema.ts';

export interface SortedGraph {
  readonly order: readonly NodeId[];
  /** What is on or behind a cycle. */
  readonly cyclic: readonly NodeId[];
  /** Where each node of `order` stands in it. */
  readonly places: ReadonlyMap<NodeId, number>;
  /** What each node feeds, once for every wire. */
  readonly feeds: ReadonlyMap<NodeId, readonly NodeId[]>;
}

/** Sources before what they feed (Kahn's algorithm), in a stable order; whatever is on or behind a cycle comes apart. */
export const sortGraph: (graph: Graph) => SortedGraph = rememberByWiring(sort);

function sort(graph: Graph): SortedGraph {
  const entries = nodesOf(graph);
  const waiting = new Map<NodeId, number>();
  const feeds = new Map<NodeId, NodeId[]>();
  for (const [id, node] of entries) {
    let count = 0;
    for (const port in node.inputs) {
      const source = node.inputs[port]?.node;
      if (source === undefined || graph.nodes[source] === undefined) continue;
      count += 1;
      const targets = feeds.get(source);
      if (targets === undefined) feeds.set(source, [id]);
      else targets.push(id);
    }
    waiting.set(id, count);
  }
  const order = entries.filter(([id]) => waiting.get(id) === 0).map(([id]) => id);
  for (let index = 0; index < order.length; index++) {
    const id = order[index];
    if (id === undefined) break;
    for (const target of feeds.get(id) ?? []) {
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) order.push(target);
    }
  }
  const cyclic = entries.filter(([id]) => (waiting.get(id) ?? 0) > 0).map(([id]) => id);
  return { order, cyclic, places: new Map(order.map((id, place) => [id, place])), feeds };
}
