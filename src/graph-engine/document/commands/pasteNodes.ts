import { defineCommand } from './command.ts';
import { graphOf, type Scope } from '../graphs.ts';
import type { GraphNode, NodeId } from '../schema.ts';

/** Adds several nodes with free ids at once; wires to nodes that are not in the graph are left off. */
export const pasteNodes = defineCommand<{ scope: Scope; nodes: Readonly<Record<string, GraphNode>> }>({
  name: 'pasteNodes',
  label: 'Paste',
  run(document, { scope, nodes }) {
    const graph = graphOf(document, scope);
    for (const [id, node] of Object.entries(nodes)) {
      if (Object.hasOwn(graph.nodes, id)) throw new Error(`The id "${id}" is taken`);
      graph.nodes[id as NodeId] = node;
    }
    for (const id of Object.keys(nodes)) {
      const node = graph.nodes[id as NodeId];
      if (node === undefined) continue;
      for (const [port, source] of Object.entries(node.inputs)) {
        if (graph.nodes[source.node] === undefined) delete node.inputs[port];
      }
    }
  },
});
