import type { TensorType } from '../core/shape.ts';
import { blockPorts } from '../document/blockPorts.ts';
import { nodeOf } from '../document/graphs.ts';
import type { BlockDefinition, Graph, NodeId } from '../document/schema.ts';
import { rememberChanged } from './changedInference.ts';
import { diagnoseNames } from './diagnoseNames.ts';
import { inferBlockNode } from './inferBlockNode.ts';
import {
  addTotals,
  exchangeTotals,
  isExact,
  NO_TOTALS,
  sizeOfNode,
  type InferredGraph,
  type InferredNode,
  type PortTypes,
  type Totals,
} from './inferredGraph.ts';
import { inferMoved, inferOpNode } from './inferOpNode.ts';
import { GraphMemo, scopeKey, typesKey } from './memo.ts';
import { sortGraph } from './sortGraph.ts';
import { isRestless, KEPT, MOVED, rememberInferred, startFromLast } from './startFromLast.ts';
import type { GraphResult, Surroundings } from './surroundings.ts';

const graphMemo = new GraphMemo<InferredGraph>();

/**
 * Infers one instance of a graph: types, weights, costs and diagnostics; equal instances are inferred once. After an edit of
 * a large graph the nodes that changed are inferred again, and what they feed as far as other types flow.
 */
export function inferGraph(graph: Graph, surroundings: Surroundings): GraphResult {
  const scope = scopeKey(graph, surroundings.values);
  const key = `${surroundings.stack.length === 0 ? 'root' : 'block'}|${scope}|${typesKey(surroundings.inputs)}`;
  const memoized = graphMemo.get(graph, key, surroundings.blocks);
  if (memoized !== undefined) return { inferred: memoized.value, dependencies: memoized.dependencies };

  const sorted = sortGraph(graph);
  const lastKey = `${surroundings.scope ?? ''}|${key}`;
  const start = startFromLast(graph, lastKey, sorted);
  const nodes = new Map(start?.inferred.nodes);
  const dependencies = new Map<string, BlockDefinition | undefined>();
  const changed: NodeId[] = [];
  const restless = new Set<NodeId>(start?.restless);
  let totals = start?.inferred.totals ?? NO_TOTALS;
  let size = start?.inferred.size ?? 0;
  let sameDiagnostics = start?.whole !== undefined;
  const sizeBefore = countBefore(sorted.order, nodes);
  for (const [place, id] of sorted.order.entries()) {
    const state = start?.state[place];
    // Not so much as looked at: thousands of nodes lie far apart in memory.
    if (state === KEPT) continue;
    const old = nodes.get(id);
    const known = state === MOVED && old !== undefined ? inferMoved(old, nodeOf(graph, id)) : undefined;
    const node = known ?? inferNode(graph, id, nodes, surroundings, scope, () => sizeBefore(place), dependencies);
    if (node === old) continue;
    nodes.set(id, node);
    changed.push(id);
    if (isRestless(node)) restless.add(id);
    else restless.delete(id);
    size += sizeOfNode(node) - (old === undefined ? 0 : sizeOfNode(old));
    totals = old === undefined ? addTotals(totals, node.totals) : exchangeTotals(totals, old.totals, node.totals);
    if (old === undefined) continue;
    if (old.diagnostics.length + node.diagnostics.length > 0) sameDiagnostics = false;
    if (!sameTypes(old.outputs, node.outputs)) start?.spread(id);
  }
  if (start !== undefined && !isExact(totals)) totals = sumOf(nodes);
  const whole = start?.whole ?? diagnoseNames(graph, sorted.cyclic);
  const diagnostics =
    start !== undefined && sameDiagnostics
      ? start.inferred.diagnostics
      : [...[...nodes.values()].flatMap((node) => node.diagnostics), ...whole];
  const outputs: Record<string, TensorType | undefined> = {};
  for (const port of blockPorts(graph).outputs) outputs[port.name] = nodes.get(port.node)?.inputs['input'];
  const inferred: InferredGraph = { nodes, order: sorted.order, outputs, diagnostics, totals, size };
  graphMemo.set(graph, key, dependencies, inferred);
  rememberInferred(lastKey, { graph, inferred, whole, restless });
  if (start !== undefined) rememberChanged(start.inferred, inferred, changed);
  return { inferred, dependencies };
}

/** The size of all nodes before a place of the order; asked for places from the first to the last, and only for blocks. */
function countBefore(order: readonly NodeId[], nodes: ReadonlyMap<NodeId, InferredNode>): (place: number) => number {
  let [counted, size] = [0, 0];
  return (place) => {
    for (; counted < place; counted++) {
      const id = order[counted];
      const node = id === undefined ? undefined : nodes.get(id);
      if (node !== undefined) size += sizeOfNode(node);
    }
    return size;
  };
}

function sumOf(nodes: ReadonlyMap<NodeId, InferredNode>): Totals {
  return [...nodes.values()].reduce((sum, node) => addTotals(sum, node.totals), NO_TOTALS);
}

/** Whether the same types leave; equal types of ops are one object. */
function sameTypes(a: PortTypes, b: PortTypes): boolean {
  if (a === b) return true;
  const ports = Object.keys(a);
  return ports.length === Object.keys(b).length && ports.every((port) => Object.hasOwn(b, port) && a[port] === b[port]);
}

function inferNode(
  graph: Graph,
  id: NodeId,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  surroundings: Surroundings,
  scope: string,
  sizeBefore: () => number,
  dependencies: Map<string, BlockDefinition | undefined>,
): InferredNode {
  const node = nodeOf(graph, id);
  if ('block' in node)
    return inferBlockNode(graph, id, node, nodes, surroundings, sizeBefore(), dependencies, inferGraph);
  return inferOpNode(graph, id, node, nodes, surroundings, scope);
}
