import { familyOf, type AdviceRule } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

/** About a hundred layers of two to a block: where the paper's networks begin to differ. */
const MANY_BLOCKS = 50;

/** In very deep networks the activation behind each addition is one more on the identity path. */
export const activationAfterAdd: AdviceRule = {
  code: 'advice/activation-after-add',
  source: 'He et al. 2016, Identity mappings in deep residual networks, arXiv 1603.05027, table 3',
  check({ inferred, activatedAdds }) {
    if (activatedAdds < MANY_BLOCKS) return [];
    const found = residualAdds(inferred).find(({ consumers }) => isActivated(consumers));
    if (found === undefined) return [];
    return [
      {
        node: found.add.id,
        message: `${activatedAdds} residual connections follow each other with an activation behind every addition. From about a hundred layers on, normalization and activation before the convolutions (pre-activation) trained better.`,
      },
    ];
  },
};

/** Whether a sum goes through an activation and nowhere else. */
export function isActivated(consumers: readonly Parameters<typeof familyOf>[0][]): boolean {
  return consumers.length === 1 && consumers.every((node) => familyOf(node) === 'activation');
}
