import { MarkId, NodeId, type BlockId, type Graph, type GraphNode, type SkipwireDocument } from './schema.ts';

/** Which graph an edit is in: `null` is the root, otherwise the definition of a block. */
export type Scope = BlockId | null;

/** The graph of a scope; throws when the block does not exist, which is a bug of the caller. */
export function graphOf(document: SkipwireDocument, scope: Scope): Graph {
  if (scope === null) return document.graph;
  const block = document.blocks[scope];
  if (block === undefined) throw new Error(`There is no block "${scope}" in the document`);
  return block.graph;
}

/** The node of that id; throws when it does not exist, which is a bug of the caller. */
export function nodeOf(graph: Graph, id: NodeId): GraphNode {
  const node = graph.nodes[id];
  if (node === undefined) throw new Error(`There is no node "${id}" in the graph`);
  return node;
}

export type NodeEntries = readonly (readonly [NodeId, GraphNode])[];

const listed = new WeakMap<Graph['nodes'], NodeEntries>();

/** Node ids with their nodes, typed. Of a frozen graph it is the same list every time: listing thousands takes a millisecond. */
export function nodesOf(graph: Graph): NodeEntries {
  const known = listed.get(graph.nodes);
  if (known !== undefined) return known;
  const entries = Object.entries(graph.nodes) as [NodeId, GraphNode][];
  if (Object.isFrozen(graph.nodes)) listed.set(graph.nodes, entries);
  return entries;
}

/** The name a node shows and its path uses. */
export function nameOf(id: string, node: GraphNode): string {
  return node.name ?? id;
}

/** A free node id such as `conv2d-3` for the base `conv2d`. */
export function freshNodeId(graph: Graph, base: string, taken: ReadonlySet<string> = new Set()): NodeId {
  const stem =
    base
      .replace(/[^A-Za-z0-9_-]/g, '-')
      .replace(/^[^A-Za-z]+/, '')
      .replace(/-\d+$/, '')
      .slice(0, 48) || 'node';
  for (let number = 1; ; number++) {
    const id = `${stem}-${number}`;
    if (!Object.hasOwn(graph.nodes, id) && !taken.has(id)) return NodeId.parse(id);
  }
}

/** A free id such as `frame-2` for a frame or a note. */
export function freshMarkId(graph: Graph, base: 'frame' | 'note', taken: ReadonlySet<string> = new Set()): MarkId {
  for (let number = 1; ; number++) {
    const id = MarkId.parse(`${base}-${number}`);
    if (graph.frames?.[id] === undefined && graph.notes?.[id] === undefined && !taken.has(id)) return id;
  }
}

/** Whether `from` can be reached from `start` by following wires forward; a wire from `start` back to `from` would close a cycle. */
export function reaches(graph: Graph, start: NodeId, goal: NodeId): boolean {
  // Wires are stored at their end, so the walk goes backwards from the goal.
  const seen = new Set<NodeId>();
  const pending = [goal];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (id === start) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const source of Object.values(graph.nodes[id]?.inputs ?? {})) pending.push(source.node);
  }
  return false;
}
