import { graphOf, nameOf, nodesOf, type Scope } from '../document/graphs.ts';
import type { GraphNode, NodeId, SkipwireDocument } from '../document/schema.ts';

/** A block node that was entered, and which of its repetitions. */
export interface InstanceStep {
  readonly node: NodeId;
  readonly instance: number;
}

/** What stands before the names of nodes in an instance of a block, as `walkInstances` writes paths: `stage2[3].`. */
export function instancePrefix(document: SkipwireDocument, steps: readonly InstanceStep[]): string {
  let scope: Scope = null;
  let prefix = '';
  for (const { node: id, instance } of steps) {
    const node: GraphNode | undefined = graphOf(document, scope).nodes[id];
    if (node === undefined || !('block' in node)) break;
    prefix += `${nameOf(id, node)}${node.repeat === undefined ? '' : `[${instance}]`}.`;
    scope = node.block;
  }
  return prefix;
}

/** Where a path such as `stage2[3].conv1` leads: the blocks to enter, and the node; `undefined` when it leads nowhere. */
export function placeOfPath(
  document: SkipwireDocument,
  path: string,
  scope: Scope = null,
): { readonly steps: readonly InstanceStep[]; readonly node: NodeId } | undefined {
  for (const [id, node] of nodesOf(graphOf(document, scope))) {
    const name = nameOf(id, node);
    if (path === name) return { steps: [], node: id };
    if (!('block' in node) || !path.startsWith(name)) continue;
    const [whole, instance = '0'] = /^(?:\[(\d+)\])?\./.exec(path.slice(name.length)) ?? [];
    if (whole === undefined) continue;
    const inside = placeOfPath(document, path.slice(name.length + whole.length), node.block);
    if (inside !== undefined) return { ...inside, steps: [{ node: id, instance: Number(instance) }, ...inside.steps] };
  }
  return undefined;
}
