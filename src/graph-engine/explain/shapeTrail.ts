import { formatShape } from '../core/shape.ts';
import type { NodeId } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';

/** A node on the way of a value where its shape changed. */
export interface TrailStep {
  readonly id: NodeId;
  readonly name: string;
  readonly shape: string;
}

function firstShape(types: InferredNode['outputs']): string | undefined {
  const [type] = Object.values(types);
  return type === undefined ? undefined : formatShape(type);
}

/**
 * Where the shape of a node's value came from: the nodes back along first inputs at which it changed, the beginning first
 * and the node itself last.
 */
export function shapeTrail(graph: InferredGraph, id: NodeId): readonly TrailStep[] {
  const steps: TrailStep[] = [];
  const seen = new Set<NodeId>();
  for (let at: NodeId | undefined = id; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const node: InferredNode | undefined = graph.nodes.get(at);
    if (node === undefined) break;
    const shape = firstShape(node.outputs) ?? firstShape(node.inputs);
    const changes = firstShape(node.outputs) !== firstShape(node.inputs);
    if (shape !== undefined && (changes || at === id)) steps.unshift({ id: at, name: node.name, shape });
    const [first] = Object.keys(node.inputs);
    at = node.node.inputs[first ?? '']?.node;
  }
  return steps;
}
