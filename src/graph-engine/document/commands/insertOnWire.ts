import { defineCommand } from './command.ts';
import { graphOf, nodeOf, type Scope } from '../graphs.ts';
import type { Endpoint, GraphNode, NodeId } from '../schema.ts';

/** Puts a node (new or present) into the wire that ends at `to`: the wire's source feeds `input`, `output` feeds `to`. */
export const insertOnWire = defineCommand<{
  scope: Scope;
  to: Endpoint;
  id: NodeId;
  /** The node to add; left out when the node is already in the graph. */
  node?: GraphNode;
  input: string;
  output: string;
}>({
  name: 'insertOnWire',
  label: 'Insert on wire',
  run(document, { scope, to, id, node, input, output }) {
    const graph = graphOf(document, scope);
    const target = nodeOf(graph, to.node);
    const source = target.inputs[to.port];
    if (source === undefined) throw new Error(`No wire ends at "${to.node}.${to.port}"`);
    if (node !== undefined) graph.nodes[id] = node;
    nodeOf(graph, id).inputs[input] = { node: source.node, port: source.port };
    target.inputs[to.port] = { node: id, port: output };
  },
});
