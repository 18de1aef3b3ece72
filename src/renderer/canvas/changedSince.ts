import { sameWiring, changedNodes } from '../../graph-engine/document/sameWiring.ts';
import type { Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { changedInferred } from '../../graph-engine/infer/changedInference.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';

interface State {
  readonly graph: Graph;
  readonly inferred: InferredGraph | undefined;
}

/**
 * The nodes that are drawn or known otherwise after an edit that left the wiring as it was; `undefined` when everything has
 * to be looked at. Small graphs are looked at faster than compared.
 */
export function changedSince(before: State | undefined, now: State): ReadonlySet<NodeId> | undefined {
  if (before === undefined || !Object.isFrozen(now.graph) || !sameWiring(before.graph, now.graph)) return undefined;
  const facts = changedInferred(before.inferred, now.inferred);
  const nodes = facts === undefined ? undefined : changedNodes(before.graph, now.graph);
  if (facts === undefined || nodes === undefined) return undefined;
  return new Set([...facts, ...nodes.map(({ id }) => id)]);
}
