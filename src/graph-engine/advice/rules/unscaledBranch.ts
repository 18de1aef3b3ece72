import { freshNodeId } from '../../document/graphs.ts';
import type { InferredNode } from '../../infer/inferredGraph.ts';
import { holdsFamily, type AdviceRule } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

function isScaled(node: InferredNode): boolean {
  if ('op' in node.node && node.node.op === 'scale') return true;
  // A last layer that starts at zero does the same (Fixup).
  const kernel = node.weights['kernel'];
  if (kernel?.initializer.kind === 'zeros') return true;
  return !node.muted && (node.instances ?? []).some((instance) => [...instance.nodes.values()].some(isScaled));
}

/** Without a normalization every block adds variance: the branch must begin small. */
export const unscaledBranch: AdviceRule = {
  code: 'advice/unscaled-branch',
  source:
    'Zhang et al. 2019, Fixup initialization, arXiv 1901.09321; De and Smith 2020, SkipInit, arXiv 2002.10444; Bachlechner et al. 2020, ReZero, arXiv 2003.04887',
  check: ({ scope, graph, inferred }) =>
    residualAdds(inferred).flatMap(({ add, branch, branchPort, consumers }) => {
      if (branch.every(({ totals }) => totals.macs === 0)) return [];
      if ([...branch, ...consumers].some((node) => holdsFamily(node, 'normalization'))) return [];
      if (branch.some(isScaled)) return [];
      const place = add.node.position;
      return [
        {
          node: add.id,
          message: `The branch into "${add.name}" has neither a normalization nor a scale, so the variance grows with every such block. Multiply the branch by one learned number that starts at 0.`,
          fixes: [
            {
              label: 'Scale the branch by a learned number, from 0',
              command: 'insertOnWire',
              arguments: {
                scope,
                to: { node: add.id, port: branchPort },
                id: freshNodeId(graph, 'scale'),
                node: {
                  op: 'scale',
                  parameters: { initial: 0 },
                  inputs: {},
                  position: { x: place.x - 110, y: place.y - 110 },
                },
                input: 'input',
                output: 'output',
              },
            },
          ],
        },
      ];
    }),
};
