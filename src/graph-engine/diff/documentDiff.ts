import type { Scope } from '../document/graphs.ts';
import type { BlockId, NodeId } from '../document/schema.ts';

/** One value that is not the same in both; `undefined` where there is none. */
export interface FieldChange {
  /** Such as `filters`, `repeat`, `input a`, `training epochs`. */
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A node that is only in one of two graphs, or not the same in both. */
export interface NodeChange {
  readonly kind: 'added' | 'removed' | 'changed' | 'moved';
  /** Its id in the graph it is in: the later one, unless it was removed. */
  readonly id: NodeId;
  /** Its id in the earlier graph; `null` when it was added. */
  readonly idBefore: NodeId | null;
  readonly name: string;
  /** What it is, in words. */
  readonly title: string;
  /** Empty unless `kind` is `changed`. */
  readonly fields: readonly FieldChange[];
}

/** A frame or a note that is only in one of two graphs, or not the same in both. */
export interface MarkChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly mark: 'frame' | 'note';
  readonly id: string;
  readonly title: string;
}

/** What differs between two graphs; an empty difference is left out of a document's. */
export interface GraphDiff {
  /** The scope in the later document; the earlier one's when the block was removed. */
  readonly scope: Scope;
  /** The block's scope in the earlier document; `null` at the root too. */
  readonly scopeBefore: Scope;
  /** The name of the block; `null` at the root. */
  readonly block: string | null;
  readonly fields: readonly FieldChange[];
  readonly nodes: readonly NodeChange[];
  readonly marks: readonly MarkChange[];
}

export interface BlockChange {
  readonly kind: 'added' | 'removed';
  readonly id: BlockId;
  readonly name: string;
}

/** What differs between two documents, from the earlier to the later one. */
export interface DocumentDiff {
  /** Name, description and training settings. */
  readonly fields: readonly FieldChange[];
  readonly blocks: readonly BlockChange[];
  readonly graphs: readonly GraphDiff[];
  /** What both cost, for one example. */
  readonly costs: {
    readonly parameters: readonly [before: number, after: number];
    readonly macs: readonly [before: number, after: number];
  };
}

/** How many nodes are added, removed and changed; moved ones are not counted as changed. */
export interface DiffCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
}

/** Counts the nodes of a difference. */
export function countChanges(graphs: readonly GraphDiff[]): DiffCounts {
  const counts = { added: 0, removed: 0, changed: 0, moved: 0 };
  for (const { nodes } of graphs) for (const { kind } of nodes) counts[kind] += 1;
  return counts;
}

/** Whether nothing differs, not even a place on the canvas. */
export function isSame(diff: DocumentDiff): boolean {
  return diff.fields.length === 0 && diff.blocks.length === 0 && diff.graphs.length === 0;
}

/** Whether the documents describe the same network: what differs is layout, names of the document or training. */
export function isSameNetwork({ blocks, graphs }: DocumentDiff): boolean {
  return (
    blocks.length === 0 &&
    graphs.every(({ nodes, fields }) => fields.length === 0 && nodes.every(({ kind }) => kind === 'moved'))
  );
}

/** What differs between the networks alone: no settings, no names of the document, no places on the canvas. */
export function networkDifferences(diff: DocumentDiff): DocumentDiff {
  const graphs = diff.graphs
    .map((graph) => ({ ...graph, nodes: graph.nodes.filter(({ kind }) => kind !== 'moved'), marks: [] }))
    .filter(({ nodes, fields }) => nodes.length + fields.length > 0);
  return { ...diff, fields: [], graphs };
}
