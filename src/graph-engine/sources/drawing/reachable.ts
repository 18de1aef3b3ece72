import type { Drawing } from './drawing.ts';
import type { DrawnNode } from './drawnNode.ts';

/** Nodes that lead to an output, in their order, and the inputs they use. */
export function reachable({ nodes }: Drawing): readonly DrawnNode[] {
  const used = new Set<DrawnNode>();
  for (const node of nodes.toReversed()) {
    if (!endOps.has(node.op) && !used.has(node)) continue;
    used.add(node);
    for (const { node: source } of Object.values(node.inputs)) used.add(source);
  }
  return nodes.filter((node) => used.has(node));
}

const endOps: ReadonlySet<string> = new Set([
  ...['classificationOutput', 'binaryOutput', 'regressionOutput', 'segmentationOutput', 'nextTokenOutput'],
  ...['policyOutput', 'featureOutput', 'onnxOutput'],
]);
