import type { Diagnostic } from '../core/diagnostic.ts';
import { nameOf, nodesOf } from '../document/graphs.ts';
import { changedNodes, sameWiring } from '../document/sameWiring.ts';
import type { Graph, GraphNode, NodeId } from '../document/schema.ts';
import { isExact, type InferredGraph, type InferredNode } from './inferredGraph.ts';
import type { SortedGraph } from './sortGraph.ts';

/** What is to be done about a node after an edit. */
export const KEPT = 0;
export const STALE = 1;
/** The card stands elsewhere, and that is all. */
export const MOVED = 2;

/** The last inference of a graph that is wired like the one to be inferred, and what of it does not hold any more. */
export interface Start {
  readonly inferred: InferredGraph;
  /** Diagnostics of names and cycles, where they are the same as before. */
  readonly whole: readonly Diagnostic[] | undefined;
  /** For each place of the order. */
  readonly state: Uint8Array;
  /** Nodes that are inferred anew after every edit. */
  readonly restless: ReadonlySet<NodeId>;
  /** Tells that other types leave a node. */
  spread(id: NodeId): void;
}

interface Last {
  readonly graph: Graph;
  readonly inferred: InferredGraph;
  readonly whole: readonly Diagnostic[];
  readonly restless: ReadonlySet<NodeId>;
}

/** Blocks depend on their definitions; mistakes are told with what is around them. */
export function isRestless({ node, diagnostics }: InferredNode): boolean {
  return diagnostics.length > 0 || 'block' in node;
}

/** Smaller graphs are inferred faster than compared. */
const WORTH_REMEMBERING = 100;
const MAXIMUM_REMEMBERED = 4;
const lasts = new Map<string, Last>();

/** Remembers an inference to start from after the next edit. */
export function rememberInferred(key: string, last: Last): void {
  if (!Object.isFrozen(last.graph) || last.inferred.order.length < WORTH_REMEMBERING) return;
  lasts.delete(key);
  const [oldest] = lasts.keys();
  if (lasts.size >= MAXIMUM_REMEMBERED && oldest !== undefined) lasts.delete(oldest);
  lasts.set(key, last);
}

function isMoved(before: GraphNode, now: GraphNode): boolean {
  return (
    'op' in before &&
    before.position !== now.position &&
    before.inputs === now.inputs &&
    before.parameters === now.parameters &&
    before.enabled === now.enabled &&
    before.muted === now.muted &&
    before.name === now.name
  );
}

/** What the inference of a graph can start from: `undefined` when nothing that is wired alike was inferred under that key. */
export function startFromLast(graph: Graph, key: string, { places, feeds }: SortedGraph): Start | undefined {
  if (!Object.isFrozen(graph) || nodesOf(graph).length < WORTH_REMEMBERING) return undefined;
  const last = lasts.get(key);
  // Sums that are not whole any more cannot be corrected by a difference.
  if (last === undefined || !isExact(last.inferred.totals) || !sameWiring(last.graph, graph)) return undefined;
  const changed = changedNodes(last.graph, graph) ?? [];
  const state = new Uint8Array(places.size);
  const mark = (id: NodeId, as: typeof STALE | typeof MOVED): void => {
    const place = places.get(id);
    if (place !== undefined) state[place] = as;
  };
  for (const { id, before, now } of changed) mark(id, isMoved(before, now) ? MOVED : STALE);
  for (const id of last.restless) mark(id, STALE);
  const sameNames = changed.every(({ id, before, now }) => nameOf(id, before) === nameOf(id, now));
  return {
    inferred: last.inferred,
    restless: last.restless,
    whole: sameNames ? last.whole : undefined,
    state,
    spread: (id) => {
      for (const target of feeds.get(id) ?? []) mark(target, STALE);
    },
  };
}
