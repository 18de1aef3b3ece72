import type { OnnxGraph, OnnxNode } from '../../src/graph-engine/targets/onnx/onnxGraph.ts';
import { CAST_TO, elementsOf } from '../../src/graph-engine/targets/onnx/elements.ts';

/**
 * A graph in float16 with each of its operators as hardware computes it that has float16: sums inside in float32, every result
 * rounded. onnxruntime on a processor computes chains of such operators in float32 and rounds at their ends alone, which hides
 * what leaves the range of float16 on the way; casts that stand in the graph it keeps.
 */
export function roundEveryResult(graph: OnnxGraph): OnnxGraph {
  const elements = elementsOf(graph);
  const isHalf = (name: string): boolean => elements.get(name) === 'float16';
  const nodes: OnnxNode[] = [];
  const wide = new Map<string, string>();

  function cast(from: string, to: keyof typeof CAST_TO, output: string): string {
    const attributes = { to: CAST_TO[to] };
    nodes.push({
      name: `${output}#cast`,
      opType: 'Cast',
      inputs: [from],
      outputs: [output],
      attributes,
      documentation: '',
    });
    return output;
  }

  /** The value as float32; it is cast once. */
  function widened(name: string): string {
    if (!isHalf(name)) return name;
    const known = wide.get(name) ?? cast(name, 'float32', `${name}#wide`);
    wide.set(name, known);
    return known;
  }

  for (const node of graph.nodes) {
    if (node.opType === 'Cast') {
      nodes.push(node);
      continue;
    }
    const exact = new Map(node.outputs.filter(isHalf).map((name) => [name, `${name}#exact`]));
    const outputs = node.outputs.map((name) => exact.get(name) ?? name);
    nodes.push({ ...node, inputs: node.inputs.map(widened), outputs });
    for (const [name, value] of exact) cast(value, 'float16', name);
  }
  return { ...graph, nodes };
}
