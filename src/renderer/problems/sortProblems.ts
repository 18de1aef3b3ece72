import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { resolveScope } from '../store/scope.ts';

export interface ListedProblem<Listed extends Diagnostic = Diagnostic> {
  readonly key: string;
  readonly diagnostic: Listed;
  /** Names from the root: `stage2 › conv1 › stride`. */
  readonly place: string;
}

const RANK: Readonly<Record<Diagnostic['severity'], number>> = { error: 0, warning: 1, advice: 2 };

function placeOf(document: SkipwireDocument, { at }: Diagnostic): string {
  const names: string[] = [];
  const ids = [...at.path, ...(at.node === undefined ? [] : [at.node])];
  ids.forEach((id, depth) => {
    const outer = resolveScope(
      document,
      undefined,
      at.path.slice(0, depth).map((node) => ({ node: node as NodeId, instance: 0 })),
    );
    const node = outer.graph.nodes[id as NodeId];
    names.push(node === undefined ? id : nameOf(id, node));
  });
  if (at.parameter !== undefined) names.push(at.parameter);
  else if (at.port !== undefined) names.push(at.port);
  return names.length === 0 ? document.name : names.join(' › ');
}

/** Problems for the list: errors first, then by place. */
export function sortProblems<Listed extends Diagnostic>(
  document: SkipwireDocument,
  diagnostics: readonly Listed[],
): readonly ListedProblem<Listed>[] {
  const natural = new Intl.Collator('en', { numeric: true });
  return diagnostics
    .map((diagnostic, index) => ({ key: `${index}`, diagnostic, place: placeOf(document, diagnostic) }))
    .sort(
      (a, b) =>
        RANK[a.diagnostic.severity] - RANK[b.diagnostic.severity] ||
        a.diagnostic.at.path.length - b.diagnostic.at.path.length ||
        natural.compare(a.place, b.place),
    );
}
