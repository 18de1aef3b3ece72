import type { Diagnostic } from '../core/diagnostic.ts';
import { nameOf, nodeOf, nodesOf } from '../document/graphs.ts';
import type { Graph, NodeId } from '../document/schema.ts';

/** What is wrong with a graph as a whole, which follows from its wiring and its names alone. */
export function diagnoseNames(graph: Graph, cyclic: readonly NodeId[]): readonly Diagnostic[] {
  return [...cyclic.map((id) => cycleDiagnostic(id, graph)), ...duplicateNames(graph), ...ambiguousNames(graph)];
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
