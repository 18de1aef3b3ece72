import { graphOf, nameOf } from '../../graph-engine/document/graphs.ts';
import type { GraphNode, NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { ScopeStep } from '../store/uiStore.ts';

/** What stands before the names of nodes in a shown graph in the paths of a run: `stage2[3].`, or nothing at the root. */
export function pathPrefix(document: SkipwireDocument, path: readonly ScopeStep[]): string {
  let prefix = '';
  let scope: Parameters<typeof graphOf>[1] = null;
  for (const { node: id, instance } of path) {
    const node: GraphNode | undefined = graphOf(document, scope).nodes[id];
    if (node === undefined || !('block' in node)) break;
    prefix += `${nameOf(id, node)}${node.repeat === undefined ? '' : `[${instance}]`}.`;
    scope = node.block;
  }
  return prefix;
}

/** Where a path of a run leads in a document: the blocks to enter and the node in the last of them. */
export function placeOfPath(
  document: SkipwireDocument,
  path: string,
): { readonly scope: readonly ScopeStep[]; readonly node: NodeId } | undefined {
  const scope: ScopeStep[] = [];
  let graph = document.graph;
  const names = path.split('.');
  for (const [at, part] of names.entries()) {
    const [, name = '', number] = /^(.*?)(?:\[(\d+)\])?$/.exec(part) ?? [];
    const found = Object.entries(graph.nodes).find(([id, node]) => nameOf(id as NodeId, node) === name);
    if (found === undefined) return undefined;
    const [id, node] = found;
    if (at === names.length - 1) return { scope, node: id as NodeId };
    if (!('block' in node)) return undefined;
    const inner = document.blocks[node.block];
    if (inner === undefined) return undefined;
    scope.push({ node: id as NodeId, instance: Number(number ?? 0) });
    graph = inner.graph;
  }
  return undefined;
}
