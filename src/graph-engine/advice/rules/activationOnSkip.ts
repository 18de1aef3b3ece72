import { familyOf, type AdviceRule } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

/** Nothing should bend the signal on its shortest way. */
export const activationOnSkip: AdviceRule = {
  code: 'advice/activation-on-skip',
  source: 'He et al. 2016, Identity mappings in deep residual networks, arXiv 1603.05027, section 3',
  check: ({ scope, inferred }) =>
    residualAdds(inferred).flatMap(({ skip }) =>
      skip
        .filter((node) => familyOf(node) === 'activation')
        .map((node) => ({
          node: node.id,
          message: `The activation "${node.name}" stands on a skip, so the signal and its gradient no longer pass unchanged. Keep the skip clean and put activations on the branch.`,
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
