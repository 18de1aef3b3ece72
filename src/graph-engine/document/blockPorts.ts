import { nameOf, nodesOf } from './graphs.ts';
import type { Graph, NodeId } from './schema.ts';

/** Ops that stand for a block's own ports inside its graph; the ports of a block are derived from them. */
export const BLOCK_INPUT = 'blockInput';
export const BLOCK_OUTPUT = 'blockOutput';

export interface BlockPort {
  readonly name: string;
  readonly node: NodeId;
}

export interface BlockPorts {
  readonly inputs: readonly BlockPort[];
  readonly outputs: readonly BlockPort[];
}

const cache = new WeakMap<Graph, BlockPorts>();
const natural = new Intl.Collator('en', { numeric: true });

/** The ports of a block in their order: by the `order` parameter, then by name. */
export function blockPorts(graph: Graph): BlockPorts {
  const known = cache.get(graph);
  if (known !== undefined) return known;
  const collect = (op: string): BlockPort[] =>
    nodesOf(graph)
      .filter(([, node]) => 'op' in node && node.op === op)
      .map(([id, node]) => ({ name: nameOf(id, node), node: id, order: Number(node.parameters['order'] ?? 0) }))
      .sort((a, b) => a.order - b.order || natural.compare(a.name, b.name));
  const ports = { inputs: collect(BLOCK_INPUT), outputs: collect(BLOCK_OUTPUT) };
  if (Object.isFrozen(graph)) cache.set(graph, ports);
  return ports;
}
