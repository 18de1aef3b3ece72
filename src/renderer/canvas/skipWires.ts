import { nodesOf } from '../../graph-engine/document/graphs.ts';
import { rememberByWiring } from '../../graph-engine/document/sameWiring.ts';
import type { Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { sortGraph } from '../../graph-engine/infer/sortGraph.ts';

/** A wire is named by the input it ends at. */
export function wireId(node: string, port: string): string {
  return `${node}:${port}`;
}

/** The input a wire of that name ends at. */
export function wireEnd(id: string): { readonly node: NodeId; readonly port: string } {
  const colon = id.indexOf(':');
  return { node: id.slice(0, colon) as NodeId, port: id.slice(colon + 1) };
}

interface Ranked {
  /** Longest way from any start, in wires. */
  readonly rank: number;
  /** The starts it can be reached from, a bit each. */
  readonly roots: number;
}

function rankNodes(graph: Graph): Map<NodeId, Ranked> {
  const ranked = new Map<NodeId, Ranked>();
  let starts = 0;
  for (const id of sortGraph(graph).order) {
    let rank = -1;
    let roots = 0;
    const inputs = graph.nodes[id]?.inputs ?? {};
    for (const port in inputs) {
      const from = ranked.get(inputs[port]?.node ?? id);
      if (from === undefined) continue;
      rank = Math.max(rank, from.rank);
      roots |= from.roots;
    }
    if (rank === -1) roots = 1 << (starts++ % 31);
    ranked.set(id, { rank: rank + 1, roots });
  }
  return ranked;
}

/** How many wires leave each node. */
function countConsumers(graph: Graph): Map<NodeId, number> {
  const consumers = new Map<NodeId, number>();
  for (const [, node] of nodesOf(graph)) {
    for (const port in node.inputs) {
      const source = node.inputs[port]?.node;
      if (source !== undefined) consumers.set(source, (consumers.get(source) ?? 0) + 1);
    }
  }
  return consumers;
}

function hasSeveral(inputs: object): boolean {
  let count = 0;
  for (const _port in inputs) if (++count > 1) return true;
  return false;
}

/**
 * The wires of skip connections: where values that came from one place meet again, those of every branch that is shorter
 * than the longest, from the fork to the meeting point. An identity shortcut is one wire, a projection several.
 */
export const skipWires: (graph: Graph) => ReadonlySet<string> = rememberByWiring(findSkips);

function findSkips(graph: Graph): ReadonlySet<string> {
  const ranked = rankNodes(graph);
  const consumers = countConsumers(graph);
  const skips = new Set<string>();
  for (const [id, node] of nodesOf(graph)) {
    if (!hasSeveral(node.inputs)) continue;
    const target = ranked.get(id);
    const inputs = Object.entries(node.inputs);
    if (target === undefined) continue;
    for (const [port, source] of inputs) {
      const from = ranked.get(source.node);
      if (from === undefined || target.rank - from.rank <= 1) continue;
      const meets = inputs.some(
        ([other, { node: fed }]) => other !== port && ((ranked.get(fed)?.roots ?? 0) & from.roots) !== 0,
      );
      if (!meets) continue;
      skips.add(wireId(id, port));
      // Back along the branch to where it forked off.
      for (let at = source.node; consumers.get(at) === 1;) {
        const feeds = Object.entries(graph.nodes[at]?.inputs ?? {});
        const [only] = feeds;
        if (feeds.length !== 1 || only === undefined) break;
        skips.add(wireId(at, only[0]));
        at = only[1].node;
      }
    }
  }
  return skips;
}
