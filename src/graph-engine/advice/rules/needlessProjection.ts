import { compatible } from '../../core/shape.ts';
import { familyOf, type AdviceRule } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

/** A projection where the sizes agree costs weights and takes the identity away. */
export const needlessProjection: AdviceRule = {
  code: 'advice/needless-projection',
  source:
    'He et al. 2015, Deep residual learning for image recognition, arXiv 1512.03385, section 4.1 (options B and C)',
  check: ({ scope, inferred }) =>
    residualAdds(inferred).flatMap(({ skip }) => {
      const projections = skip.filter(({ totals }) => totals.macs > 0);
      const [projection] = projections;
      const isPlain = skip.every((node) => node.totals.macs > 0 || familyOf(node) === 'normalization');
      if (projection === undefined || projections.length > 1 || !isPlain) return [];
      const [input] = Object.values(projection.inputs);
      const [output] = Object.values(projection.outputs);
      if (input === undefined || output === undefined || !compatible(input, output)) return [];
      return [
        {
          node: projection.id,
          message: `The projection "${projection.name}" changes neither size nor channels. An identity skip costs nothing and trained as well in the paper.`,
          fixes: [
            {
              label: 'Make the skip an identity',
              command: 'removeNodes',
              arguments: { scope, ids: skip.map(({ id }) => id), heal: true },
            },
          ],
        },
      ];
    }),
};
