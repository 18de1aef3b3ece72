import { inferDocument } from '../infer/inferDocument.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { graphOf, type Scope } from '../document/graphs.ts';
import type { NodeId, SkipwireDocument } from '../document/schema.ts';
import type { Advice, AdviceRule, OuterNode } from './advice.ts';
import { groupFindings } from './groupFindings.ts';
import { residualAdds } from './residualAdds.ts';
import { activationAfterAdd, isActivated } from './rules/activationAfterAdd.ts';
import { activationOnSkip } from './rules/activationOnSkip.ts';
import { mismatchedSkip } from './rules/mismatchedSkip.ts';
import { needlessProjection } from './rules/needlessProjection.ts';
import { normalizationOnSkip } from './rules/normalizationOnSkip.ts';
import { regularizationOnSkip } from './rules/regularizationOnSkip.ts';
import { unscaledBranch } from './rules/unscaledBranch.ts';
import { zeroScale } from './rules/zeroScale.ts';

/** Every rule there is. */
export const adviceRules: readonly AdviceRule[] = [
  mismatchedSkip,
  activationOnSkip,
  activationAfterAdd,
  regularizationOnSkip,
  normalizationOnSkip,
  needlessProjection,
  unscaledBranch,
  zeroScale,
];

const activatedCache = new WeakMap<InferredGraph, number>();

/** How many sums of residual connections go straight into an activation, everything unfolded. */
function countActivated(graph: InferredGraph): number {
  const known = activatedCache.get(graph);
  if (known !== undefined) return known;
  let count = residualAdds(graph).filter(({ consumers }) => isActivated(consumers)).length;
  for (const node of graph.nodes.values())
    for (const instance of node.muted ? [] : (node.instances ?? [])) count += countActivated(instance);
  activatedCache.set(graph, count);
  return count;
}

const cache = new WeakMap<SkipwireDocument, readonly Advice[]>();

/**
 * Looks for what is legal and yet trains worse than it could. A block is told about once, however often it is used; what
 * was dismissed is told too, and marked by its key. Nothing is said about graphs whose shapes are in error.
 */
export function adviseDocument(document: SkipwireDocument): readonly Advice[] {
  const known = cache.get(document);
  if (known !== undefined) return known;
  const { root } = inferDocument(document);
  const found = new Map<string, Advice>();
  const seen = new Set<InferredGraph>();
  const activatedAdds = countActivated(root);

  const visit = (
    inferred: InferredGraph,
    scope: Scope,
    path: readonly NodeId[],
    outer: OuterNode | undefined,
  ): void => {
    if (seen.has(inferred)) return;
    seen.add(inferred);
    const graph = graphOf(document, scope);
    for (const { code, source, check } of adviceRules) {
      for (const finding of groupFindings(check({ document, scope, graph, inferred, outer, activatedAdds }))) {
        const key = `${code} ${scope ?? ''}/${finding.isGroup ? '*' : finding.node}`;
        if (found.has(key)) continue;
        const { node, message, fixes } = finding;
        found.set(key, {
          code,
          severity: 'advice',
          at: { path, node },
          message,
          source,
          key,
          ...(fixes === undefined ? {} : { fixes }),
        });
      }
    }
    for (const id of inferred.order) {
      const node: InferredNode | undefined = inferred.nodes.get(id);
      if (node === undefined || node.muted || !('block' in node.node)) continue;
      for (const instance of node.instances ?? [])
        visit(instance, node.node.block, [...path, id], { scope, node, graph });
    }
  };
  visit(root, null, [], undefined);
  const advice = [...found.values()];
  cache.set(document, advice);
  return advice;
}

/** The advice that nobody has dismissed. */
export function openAdvice(document: SkipwireDocument): readonly Advice[] {
  const dismissed = new Set(document.dismissedAdvice ?? []);
  return adviseDocument(document).filter(({ key }) => !dismissed.has(key));
}
