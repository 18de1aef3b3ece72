import { useSyncExternalStore } from 'react';
import { graphOf, type Scope } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Graph, NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { InferredDocument } from '../../graph-engine/infer/inferDocument.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { currentDocument, documentStore, useDocument } from './documentStore.ts';
import { uiStore, useUi, type ScopeStep } from './uiStore.ts';

/** The graph that is shown and edited. */
export interface ShownScope {
  readonly scope: Scope;
  readonly graph: Graph;
  /** What is known about the looked-at instance; `undefined` when nothing feeds the block, or it is in error. */
  readonly inferred: InferredGraph | undefined;
  /** The definition the graph belongs to; `undefined` at the root. */
  readonly definition: BlockDefinition | undefined;
  /** Steps that still exist: an undo may take away the block that is being looked at. */
  readonly path: readonly ScopeStep[];
}

/** Follows a path of block nodes as far as it leads. */
export function resolveScope(
  document: SkipwireDocument,
  inferred: InferredDocument | undefined,
  path: readonly ScopeStep[],
): ShownScope {
  let scope: Scope = null;
  let shown: InferredGraph | undefined = inferred?.root;
  const walked: ScopeStep[] = [];
  for (const step of path) {
    const node: Graph['nodes'][NodeId] | undefined = graphOf(document, scope).nodes[step.node];
    if (node === undefined || !('block' in node) || document.blocks[node.block] === undefined) break;
    const instances: readonly InferredGraph[] | undefined = shown?.nodes.get(step.node)?.instances;
    const instance = Math.min(step.instance, Math.max(0, (instances?.length ?? 1) - 1));
    shown = instances?.[instance];
    scope = node.block;
    walked.push({ node: step.node, instance });
  }
  return {
    scope,
    graph: graphOf(document, scope),
    inferred: shown,
    definition: scope === null ? undefined : document.blocks[scope],
    path: walked,
  };
}

let last: { document: SkipwireDocument; path: readonly ScopeStep[]; shown: ShownScope } | undefined;

/** The shown scope of the stores' current state. */
export function shownScope(): ShownScope {
  const { document, inferred } = documentStore.getState();
  const path = uiStore.getState().scopePath;
  if (last === undefined || last.document !== document || last.path !== path) {
    last = { document, path, shown: resolveScope(document, inferred, path) };
  }
  return last.shown;
}

/** The scope and graph that edits go to, in the middle of a gesture too. */
export function editedScope(): { readonly scope: Scope; readonly graph: Graph } {
  const { scope, graph } = resolveScope(currentDocument(), undefined, uiStore.getState().scopePath);
  return { scope, graph };
}

/** Something of the shown scope in a component, which is drawn again when that is another. */
export function useShown<T>(selector: (shown: ShownScope) => T): T {
  const read = (): T => selector(shownScope());
  return useSyncExternalStore(followScope, read);
}

function followScope(listener: () => void): () => void {
  const [forDocument, forView] = [documentStore.subscribe(listener), uiStore.subscribe(listener)];
  return () => {
    forDocument();
    forView();
  };
}

/** The shown scope in a component. */
export function useShownScope(): ShownScope {
  useDocument((state) => state.document);
  useUi((state) => state.scopePath);
  return shownScope();
}
