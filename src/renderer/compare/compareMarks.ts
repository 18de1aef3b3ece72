import type { GraphDiff } from '../../graph-engine/diff/documentDiff.ts';
import { matchNodes } from '../../graph-engine/diff/matchNodes.ts';
import { graphOf, nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Graph, NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { wireId } from '../canvas/skipWires.ts';

/** A wire of the earlier graph that is not there any more, between nodes as they are named on the canvas now. */
export interface RemovedWire {
  readonly id: string;
  readonly source: string;
  readonly sourcePort: string;
  readonly target: string;
  readonly targetPort: string;
}

/** How a comparison looks in one graph. */
export interface CompareMarks {
  readonly nodes: ReadonlyMap<NodeId, 'added' | 'changed'>;
  readonly addedWires: ReadonlySet<string>;
  /** The nodes that are not there any more, with their old places and wires. */
  readonly removed: Graph;
  readonly removedWires: readonly RemovedWire[];
}

/** The id under which a node that is gone is drawn. */
export function ghostId(id: NodeId): string {
  return `removed:${id}`;
}

/** Marks for the graph as it is now. */
export function marksOf(before: SkipwireDocument, after: Graph, diff: GraphDiff): CompareMarks {
  const old = graphOf(before, diff.scopeBefore);
  const match = matchNodes(old, after);
  const nodes = new Map<NodeId, 'added' | 'changed'>();
  for (const { kind, id } of diff.nodes) if (kind === 'added' || kind === 'changed') nodes.set(id, kind);

  const shownAs = (id: NodeId): string => match.get(id) ?? ghostId(id);
  const removedWires: RemovedWire[] = [];
  const kept = new Set<string>();
  const removed: Graph['nodes'] = {};
  for (const [id, node] of nodesOf(old)) {
    const now = match.get(id);
    if (now === undefined) removed[id] = node;
    for (const [port, wire] of Object.entries(node.inputs)) {
      const present = now === undefined ? undefined : after.nodes[now]?.inputs[port];
      if (now !== undefined && present?.node === match.get(wire.node) && present?.port === wire.port) {
        kept.add(wireId(now, port));
        continue;
      }
      const [source, target] = [shownAs(wire.node), shownAs(id)];
      removedWires.push({ id: `removed:${target}:${port}`, source, sourcePort: wire.port, target, targetPort: port });
    }
  }
  const addedWires = new Set<string>();
  for (const [id, node] of nodesOf(after)) {
    for (const port of Object.keys(node.inputs)) {
      const wire = wireId(id, port);
      if (!kept.has(wire)) addedWires.add(wire);
    }
  }
  return { nodes, addedWires, removed: { nodes: removed }, removedWires };
}
