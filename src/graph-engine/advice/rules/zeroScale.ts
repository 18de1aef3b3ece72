import type { Fix } from '../../core/diagnostic.ts';
import { nodesOf } from '../../document/graphs.ts';
import type { InferredNode } from '../../infer/inferredGraph.ts';
import { isExpression, resolveScalar } from '../../infer/resolveParameters.ts';
import type { AdviceRule, AdviceScope } from '../advice.ts';
import { residualAdds } from '../residualAdds.ts';

const PARAMETER = 'initialScale';

/** The block's own switch that makes the expression zero: then it is for the nodes that use the block to turn it. */
function switchOf({ document, scope, outer }: AdviceScope, expression: string): Fix | undefined {
  const definition = scope === null ? undefined : document.blocks[scope];
  if (definition === undefined || outer === undefined) return undefined;
  const values = Object.fromEntries(definition.parameters.map((parameter) => [parameter.name, parameter.default]));
  for (const { name, kind, default: initial } of definition.parameters) {
    if (kind !== 'boolean') continue;
    const turned = resolveScalar(expression, { ...values, [name]: initial !== true });
    if (!turned.ok || turned.value !== 0) continue;
    const users = nodesOf(outer.graph).filter(([, node]) => 'block' in node && node.block === scope);
    return {
      label: `Turn on "${name}" of ${users.length === 1 ? `"${outer.node.name}"` : `${users.length} blocks`}`,
      command: 'setParameterOfNodes',
      arguments: {
        scope: outer.scope,
        ids: users.map(([id]) => id),
        parameter: name,
        value: initial !== true,
      },
    };
  }
  return undefined;
}

function fixFor(scope: AdviceScope, last: InferredNode): readonly Fix[] {
  const given = last.node.parameters[PARAMETER];
  if (isExpression(given)) {
    const fix = switchOf(scope, given);
    return fix === undefined ? [] : [fix];
  }
  return [
    {
      label: `Start "${last.name}" at zero`,
      command: 'setParameter',
      arguments: { scope: scope.scope, id: last.id, parameter: PARAMETER, value: 0 },
    },
  ];
}

/** A branch that begins at zero lets the block begin as an identity. */
export const zeroScale: AdviceRule = {
  code: 'advice/zero-scale',
  source: 'Goyal et al. 2017, Accurate, large minibatch SGD, arXiv 1706.02677, section 5.1',
  check: (scope) =>
    residualAdds(scope.inferred).flatMap(({ branch }) => {
      const [last] = branch;
      if (last === undefined || !('op' in last.node) || last.node.op !== 'batchNormalization') return [];
      if (last.parameters === undefined || last.parameters[PARAMETER] === 0) return [];
      return [
        {
          node: last.id,
          message: `The last normalization of the branch, "${last.name}", starts with a scale of ${String(last.parameters[PARAMETER])}. Started at 0, the block begins as its skip alone, which eases the first steps, above all with large batches.`,
          fixes: fixFor(scope, last),
        },
      ];
    }),
};
