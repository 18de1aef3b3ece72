import { nodesOf, type NodeEntries } from './graphs.ts';
import type { Graph, GraphNode, NodeId } from './schema.ts';

/** A node that is not what it was. */
export interface ChangedNode {
  readonly id: NodeId;
  readonly before: GraphNode;
  readonly now: GraphNode;
}

/** The pairs compared last: all that is derived of a document asks for the same ones after an edit. */
const MAXIMUM_PAIRS = 4;
let compared: { readonly a: Graph['nodes']; readonly b: Graph['nodes']; readonly changed: Changes }[] = [];

type Changes = readonly ChangedNode[] | undefined;

function findChanged(left: NodeEntries, right: NodeEntries): Changes {
  if (left.length !== right.length) return undefined;
  const changed: ChangedNode[] = [];
  for (let index = 0; index < left.length; index++) {
    const [id, before] = left[index] ?? [];
    const [other, now] = right[index] ?? [];
    if (id !== other || id === undefined || before === undefined || now === undefined) return undefined;
    if (before !== now) changed.push({ id, before, now });
  }
  return changed;
}

/**
 * The nodes in which two graphs differ when they have the same ones in the same order, `undefined` when they have not. Told
 * by identity: documents share what an edit did not touch.
 */
export function changedNodes(a: Graph, b: Graph): readonly ChangedNode[] | undefined {
  if (a.nodes === b.nodes) return [];
  const known = compared.find((pair) => pair.a === a.nodes && pair.b === b.nodes);
  if (known !== undefined) return known.changed;
  const changed = findChanged(nodesOf(a), nodesOf(b));
  if (Object.isFrozen(a.nodes) && Object.isFrozen(b.nodes))
    compared = [{ a: a.nodes, b: b.nodes, changed }, ...compared].slice(0, MAXIMUM_PAIRS);
  return changed;
}

function sameKind(a: GraphNode, b: GraphNode): boolean {
  return 'op' in a ? 'op' in b && a.op === b.op : 'block' in b && a.block === b.block;
}

/**
 * Whether two graphs have the same nodes of the same kinds, in the same order, wired alike, so that what follows from the
 * wiring alone can be kept.
 */
export function sameWiring(a: Graph, b: Graph): boolean {
  return changedNodes(a, b)?.every(({ before, now }) => sameKind(before, now) && before.inputs === now.inputs) ?? false;
}

/** Whether the cards of two graphs of the same wiring stand at the same places. */
export function samePlaces(a: Graph, b: Graph): boolean {
  return changedNodes(a, b)?.every(({ before, now }) => before.position === now.position) ?? false;
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
