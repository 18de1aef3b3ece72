import { nodesOf } from './graphs.ts';
import type { Graph } from './schema.ts';

/**
 * Whether two graphs have the same nodes of the same kinds, in the same order, wired alike, so that what follows from the
 * wiring alone can be kept. Told by identity: documents share what an edit did not touch.
 */
export function sameWiring(a: Graph, b: Graph): boolean {
  if (a === b || a.nodes === b.nodes) return true;
  const [left, right] = [nodesOf(a), nodesOf(b)];
  if (left.length !== right.length) return false;
  return left.every(([id, node], index) => {
    const [otherId, other] = right[index] ?? [];
    if (id !== otherId || other === undefined) return false;
    if (node === other) return true;
    const sameKind =
      'op' in node ? 'op' in other && node.op === other.op : 'block' in other && node.block === other.block;
    return sameKind && node.inputs === other.inputs;
  });
}

/** Whether the cards of two graphs of the same wiring stand at the same places. */
export function samePlaces(a: Graph, b: Graph): boolean {
  if (a === b || a.nodes === b.nodes) return true;
  return nodesOf(a).every(([id, node]) => node.position === b.nodes[id]?.position);
}

/** Remembers the last result of a graph that is worth it, and gives it again for one that is wired alike. */
export function rememberByWiring<Result>(compute: (graph: Graph) => Result): (graph: Graph) => Result {
  let last: { readonly graph: Graph; readonly result: Result } | undefined;
  return (graph) => {
    if (last !== undefined && Object.isFrozen(graph) && sameWiring(last.graph, graph)) {
      if (last.graph !== graph) last = { graph, result: last.result };
      return last.result;
    }
    const result = compute(graph);
    // Small graphs are computed faster than compared, and would drive out the one large graph.
    if (Object.isFrozen(graph) && nodesOf(graph).length > WORTH_REMEMBERING) last = { graph, result };
    return result;
  };
}

const WORTH_REMEMBERING = 100;
