import type { Diagnostic } from '../core/diagnostic.ts';
import type { TensorType } from '../core/shape.ts';
import { blockPorts } from '../document/blockPorts.ts';
import { nameOf, nodeOf, nodesOf } from '../document/graphs.ts';
import type { BlockDefinition, Graph, NodeId } from '../document/schema.ts';
import { inferBlockNode } from './inferBlockNode.ts';
import {
  addTotals,
  NO_TOTALS,
  sizeOfNode,
  type InferredGraph,
  type InferredNode,
  type Totals,
} from './inferredGraph.ts';
import { inferOpNode } from './inferOpNode.ts';
import { GraphMemo, scopeKey, typesKey } from './memo.ts';
import { sortGraph } from './sortGraph.ts';
import type { GraphResult, Surroundings } from './surroundings.ts';

const graphMemo = new GraphMemo<InferredGraph>();

/** Infers one instance of a graph: types, weights, costs and diagnostics; equal instances are inferred once. */
export function inferGraph(graph: Graph, surroundings: Surroundings): GraphResult {
  const key = `${surroundings.stack.length === 0 ? 'root' : 'block'}|${scopeKey(graph, surroundings.values)}|${typesKey(surroundings.inputs)}`;
  const memoized = graphMemo.get(graph, key, surroundings.blocks);
  if (memoized !== undefined) return { inferred: memoized.value, dependencies: memoized.dependencies };

  const { order, cyclic } = sortGraph(graph);
  const nodes = new Map<NodeId, InferredNode>();
  const dependencies = new Map<string, BlockDefinition | undefined>();
  let totals: Totals = NO_TOTALS;
  let size = 0;
  for (const id of order) {
    const node = inferNode(graph, id, nodes, surroundings, size, dependencies);
    nodes.set(id, node);
    totals = addTotals(totals, node.totals);
    size += sizeOfNode(node);
  }
  const diagnostics = [...nodes.values()].flatMap((node) => node.diagnostics);
  for (const id of cyclic) diagnostics.push(cycleDiagnostic(id, graph));
  diagnostics.push(...duplicateNames(graph), ...ambiguousNames(graph));
  const outputs: Record<string, TensorType | undefined> = {};
  for (const port of blockPorts(graph).outputs) outputs[port.name] = nodes.get(port.node)?.inputs['input'];
  const inferred: InferredGraph = { nodes, order, outputs, diagnostics, totals, size };
  graphMemo.set(graph, key, dependencies, inferred);
  return { inferred, dependencies };
}

function inferNode(
  graph: Graph,
  id: NodeId,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  surroundings: Surroundings,
  sizeBefore: number,
  dependencies: Map<string, BlockDefinition | undefined>,
): InferredNode {
  const node = nodeOf(graph, id);
  if ('block' in node)
    return inferBlockNode(graph, id, node, nodes, surroundings, sizeBefore, dependencies, inferGraph);
  return inferOpNode(graph, id, node, nodes, surroundings);
}

function cycleDiagnostic(id: NodeId, graph: Graph): Diagnostic {
  return {
    code: 'graph/cycle',
    severity: 'error',
    at: { path: [], node: id },
    message: `"${nameOf(id, nodeOf(graph, id))}" is on or behind a cycle. Data must flow one way; remove one wire of the loop.`,
  };
}

function duplicateNames(graph: Graph): Diagnostic[] {
  const seen = new Map<string, NodeId>();
  const diagnostics: Diagnostic[] = [];
  for (const [id, node] of nodesOf(graph)) {
    const name = nameOf(id, node);
    const other = seen.get(name);
    if (other === undefined) seen.set(name, id);
    else
      diagnostics.push({
        code: 'graph/duplicate-name',
        severity: 'error',
        at: { path: [], node: id },
        message: `Two nodes here are named "${name}". Weights and exports go by name; rename one of them.`,
        fixes: [],
      });
  }
  return diagnostics;
}

/** Characters that paths are put together with: a node named `block[0].conv` would share the weights of the one it imitates. */
const PATH_CHARACTERS = /[.[\]/:]/;

function ambiguousNames(graph: Graph): Diagnostic[] {
  return nodesOf(graph)
    .filter(([id, node]) => PATH_CHARACTERS.test(nameOf(id, node)))
    .map(([id, node]) => ({
      code: 'graph/ambiguous-name',
      severity: 'error',
      at: { path: [], node: id },
      message: `The name "${nameOf(id, node)}" looks like a way into a block. Weights go by name; leave out dots, brackets, slashes and colons.`,
      received: nameOf(id, node),
    }));
}
