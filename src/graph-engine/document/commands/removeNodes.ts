import { defineCommand } from './command.ts';
import { graphOf, nodesOf, type Scope } from '../graphs.ts';
import type { Endpoint, Graph, NodeId } from '../schema.ts';

/** Follows first inputs upwards past removed nodes, so that the flow closes over the gap. */
function survivingSource(graph: Graph, start: Endpoint, removed: ReadonlySet<NodeId>): Endpoint | undefined {
  let source: Endpoint | undefined = start;
  for (let steps = 0; source !== undefined && removed.has(source.node); steps++) {
    if (steps > removed.size) return undefined;
    const inputs: Record<string, Endpoint> = graph.nodes[source.node]?.inputs ?? {};
    source = Object.values(inputs)[0];
  }
  return source;
}

/** Removes nodes; with `heal` whatever they fed is connected to what fed their first input. */
export const removeNodes = defineCommand<{ scope: Scope; ids: readonly NodeId[]; heal: boolean }>({
  name: 'removeNodes',
  label: 'Delete',
  run(document, { scope, ids, heal }) {
    const graph = graphOf(document, scope);
    const removed = new Set(ids);
    for (const [id, node] of nodesOf(graph)) {
      if (removed.has(id)) continue;
      for (const [port, source] of Object.entries(node.inputs)) {
        if (!removed.has(source.node)) continue;
        const replacement = heal ? survivingSource(graph, source, removed) : undefined;
        if (replacement === undefined) delete node.inputs[port];
        else node.inputs[port] = { node: replacement.node, port: replacement.port };
      }
    }
    for (const id of ids) delete graph.nodes[id];
  },
});
