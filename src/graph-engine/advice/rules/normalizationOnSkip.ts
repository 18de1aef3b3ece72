import { familyOf, type AdviceRule } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

/** A normalization belongs to a projection; alone on a skip it rescales the signal at every block. */
export const normalizationOnSkip: AdviceRule = {
  code: 'advice/normalization-on-skip',
  source: 'He et al. 2016, Identity mappings in deep residual networks, arXiv 1603.05027, section 4.1',
  check: ({ scope, inferred }) =>
    residualAdds(inferred).flatMap(({ skip }) =>
      skip.some(({ totals }) => totals.macs > 0)
        ? []
        : skip
            .filter((node) => familyOf(node) === 'normalization')
            .map((node) => ({
              node: node.id,
              message: `The normalization "${node.name}" stands on a skip without a projection, so the signal is rescaled at every block. Keep the skip an identity.`,
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
