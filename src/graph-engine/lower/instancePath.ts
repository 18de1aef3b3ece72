import { graphOf, nameOf, type Scope } from '../document/graphs.ts';
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
