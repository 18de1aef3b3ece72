import { GitCompare } from 'lucide-react';
import type { Scope } from '../../graph-engine/document/graphs.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import { goToPlace } from '../problems/goToPlace.ts';
import { documentStore } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { useComparison } from './compareStore.ts';
import { DifferencesList } from './DifferencesList.tsx';

/** Everything in which the shown network differs from what it is compared with, to press. */
export function DifferencesPane() {
  const comparison = useComparison();
  if (comparison !== null) {
    return (
      <div className="h-full overflow-y-auto">
        <DifferencesList diff={comparison.diff} onNode={goTo} />
      </div>
    );
  }
  return (
    <div className="flex h-full flex-col items-start gap-3 overflow-y-auto p-4">
      <p className="max-w-prose text-sm text-ink-muted">
        Compare this network with a file, an earlier version in git, or another open document: what was added, removed
        and changed is listed here and marked on the canvas.
      </p>
      <Button size="sm" icon={<GitCompare size={13} aria-hidden />} onClick={() => showFileDialog({ kind: 'compare' })}>
        Compare with…
      </Button>
    </div>
  );
}

/** The way to a block's inside: the first node that uses it, from the root. */
function pathTo(document: SkipwireDocument, scope: Scope): readonly NodeId[] | undefined {
  if (scope === null) return [];
  const seen = new Set<Scope>([null]);
  const pending: { readonly graph: SkipwireDocument['graph']; readonly path: readonly NodeId[] }[] = [
    { graph: document.graph, path: [] },
  ];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    for (const [id, node] of nodesOf(next.graph)) {
      if (!('block' in node)) continue;
      const path = [...next.path, id];
      if (node.block === scope) return path;
      const definition = document.blocks[node.block];
      if (definition === undefined || seen.has(node.block)) continue;
      seen.add(node.block);
      pending.push({ graph: definition.graph, path });
    }
  }
  return undefined;
}

function goTo(scope: Scope, node: NodeId): void {
  const path = pathTo(documentStore.getState().document, scope);
  if (path !== undefined) goToPlace({ path: [...path], node });
}
