import { defineCommand } from './command.ts';
import { freshNodeId, graphOf, nodeOf, nodesOf, type Scope } from '../graphs.ts';
import type { Endpoint } from '../schema.ts';

/**
 * Mends a mismatched skip: a 1x1 convolution with the branch's channels and stride and a batch normalization are put into
 * the wire (projection shortcut, He et al. 2015, arXiv 1512.03385, section 3.3).
 */
export const insertProjection = defineCommand<{
  scope: Scope;
  to: Endpoint;
  filters: number;
  stride: readonly [number, number];
}>({
  name: 'insertProjection',
  label: 'Insert projection',
  run(document, { scope, to, filters, stride }) {
    const graph = graphOf(document, scope);
    const target = nodeOf(graph, to.node);
    const source = target.inputs[to.port];
    if (source === undefined) throw new Error(`No wire ends at "${to.node}.${to.port}"`);
    const from = nodeOf(graph, source.node).position;
    const convolution = freshNodeId(graph, 'projection');
    const x = Math.round((from.x + target.position.x) / 2);
    let y = Math.round((from.y + target.position.y) / 2) + 120;
    const others = nodesOf(graph).map(([, { position }]) => position);
    // Two cards side by side go below the path, lower where something stands there.
    while (others.some((other) => Math.abs(other.x - x) < 280 && Math.abs(other.y - y) < 80)) y += 20;
    graph.nodes[convolution] = {
      op: 'conv2d',
      parameters: { filters, kernel: [1, 1], stride: [...stride], bias: false },
      inputs: { input: { node: source.node, port: source.port } },
      position: { x: x - 110, y },
    };
    const normalization = freshNodeId(graph, 'projection-norm');
    graph.nodes[normalization] = {
      op: 'batchNormalization',
      parameters: {},
      inputs: { input: { node: convolution, port: 'output' } },
      position: { x: x + 110, y },
    };
    target.inputs[to.port] = { node: normalization, port: 'output' };
  },
});

/** Adds a classification output behind a node. */
export const appendOutput = defineCommand<{ scope: Scope; from: Endpoint }>({
  name: 'appendOutput',
  label: 'Add output',
  run(document, { scope, from }) {
    const graph = graphOf(document, scope);
    const source = nodeOf(graph, from.node);
    graph.nodes[freshNodeId(graph, 'output')] = {
      op: 'classificationOutput',
      parameters: {},
      inputs: { input: { ...from } },
      position: { x: source.position.x + 240, y: source.position.y },
    };
  },
});
