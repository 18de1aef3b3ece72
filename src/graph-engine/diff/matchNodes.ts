import { nameOf, nodesOf, type NodeEntries } from '../document/graphs.ts';
import type { Graph, GraphNode, NodeId } from '../document/schema.ts';

/** Which node of the later graph each node of the earlier one became. */
export type NodeMatch = ReadonlyMap<NodeId, NodeId>;

function kindOf(node: GraphNode): string {
  return 'block' in node ? `block ${node.block}` : `op ${node.op}`;
}

function inFlow(graph: Graph): NodeEntries {
  return [...nodesOf(graph)].sort(([, a], [, b]) => a.position.x - b.position.x || a.position.y - b.position.y);
}

/**
 * Finds out which nodes are the same: by id, then by name, then (for networks that were drawn separately) a node of the same
 * kind behind nodes that are the same already.
 */
export function matchNodes(before: Graph, after: Graph): NodeMatch {
  const match = new Map<NodeId, NodeId>();
  const taken = new Set<NodeId>();
  const pair = (a: NodeId, b: NodeId): void => {
    match.set(a, b);
    taken.add(b);
  };
  for (const [id] of nodesOf(before)) if (after.nodes[id] !== undefined) pair(id, id);

  const byName = new Map<string, NodeId>();
  for (const [id, node] of nodesOf(after)) if (!taken.has(id)) byName.set(nameOf(id, node), id);
  for (const [id, node] of nodesOf(before)) {
    const named = match.has(id) ? undefined : byName.get(nameOf(id, node));
    const found = named === undefined ? undefined : after.nodes[named];
    if (named !== undefined && found !== undefined && !taken.has(named) && kindOf(found) === kindOf(node))
      pair(id, named);
  }

  const left = inFlow(before).filter(([id]) => !match.has(id));
  const candidates = inFlow(after).filter(([id]) => !taken.has(id));
  const feeds = (node: GraphNode, at: (id: NodeId) => NodeId | undefined): string =>
    Object.entries(node.inputs)
      .map(([port, source]) => `${port}=${at(source.node) ?? '?'}.${source.port}`)
      .sort()
      .join();
  // Matching one node may make its successors alike, so it is gone through until nothing is found any more.
  for (let found = true; found;) {
    found = false;
    for (const [id, node] of left) {
      if (match.has(id)) continue;
      const fed = feeds(node, (source) => match.get(source));
      if (fed.includes('?')) continue;
      const twin = candidates.find(
        ([other, candidate]) =>
          !taken.has(other) && kindOf(candidate) === kindOf(node) && feeds(candidate, (source) => source) === fed,
      );
      if (twin === undefined) continue;
      pair(id, twin[0]);
      found = true;
    }
  }
  return match;
}
