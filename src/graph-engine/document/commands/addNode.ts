import { defineCommand } from './command.ts';
import { graphOf, type Scope } from '../graphs.ts';
import type { GraphNode, NodeId } from '../schema.ts';

/** Adds one node with a free id (see `freshNodeId`). */
export const addNode = defineCommand<{ scope: Scope; id: NodeId; node: GraphNode }>({
  name: 'addNode',
  label: 'Add node',
  run(document, { scope, id, node }) {
    const graph = graphOf(document, scope);
    if (Object.hasOwn(graph.nodes, id)) throw new Error(`The id "${id}" is taken`);
    graph.nodes[id] = node;
  },
});
