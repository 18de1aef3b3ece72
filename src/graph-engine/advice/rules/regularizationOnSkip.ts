import { familyOf, type AdviceRule } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

/** Dropping parts of the skip drops the signal itself. */
export const regularizationOnSkip: AdviceRule = {
  code: 'advice/regularization-on-skip',
  source: 'He et al. 2016, Identity mappings in deep residual networks, arXiv 1603.05027, table 1',
  check: ({ scope, inferred }) =>
    residualAdds(inferred).flatMap(({ skip }) =>
      skip
        .filter((node) => familyOf(node) === 'regularization')
        .map((node) => ({
          node: node.id,
          message: `"${node.name}" drops values on a skip. In the paper a network with dropout on its skips did not converge; drop on the branch instead.`,
          fixes: [
            {
              label: `Take "${node.name}" off the skip`,
              command: 'removeNodes',
              arguments: { scope, ids: [node.id], heal: true },
            },
          ],
        })),
    ),
};
