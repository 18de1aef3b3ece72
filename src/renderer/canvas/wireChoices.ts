import { nameOf, nodesOf } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Endpoint, Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { validTargets } from './dropRules.ts';
import { portsOf } from './nodeView.ts';

/** A wire that can be drawn from a node. */
export interface WireChoice {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** The node it would end at, by its name. */
  readonly target: string;
  /** The node whose wire it would take the place of. */
  readonly replaces: string | null;
}

/** Every wire that can be drawn from a node's outputs: free inputs first, near ones before those far away. */
export function wireChoices(
  graph: Graph,
  source: NodeId,
  blocks: Readonly<Record<string, BlockDefinition>>,
): readonly WireChoice[] {
  const node = graph.nodes[source];
  if (node === undefined) return [];
  const distance = (id: NodeId): number => {
    const there = graph.nodes[id]?.position ?? node.position;
    return Math.hypot(there.x - node.position.x, there.y - node.position.y);
  };
  const choices = portsOf(node, blocks).outputs.flatMap((output) => {
    const valid = validTargets(graph, { node: source, port: output, side: 'output' }, blocks);
    return nodesOf(graph)
      .filter(([id]) => valid.has(id))
      .flatMap(([id, target]) =>
        portsOf(target, blocks)
          .inputs.filter((port) => target.inputs[port]?.node !== source || target.inputs[port].port !== output)
          .map((port): WireChoice => {
            const before = target.inputs[port];
            const feeder = before === undefined ? undefined : graph.nodes[before.node];
            return {
              from: { node: source, port: output },
              to: { node: id, port },
              target: nameOf(id, target),
              replaces: before === undefined || feeder === undefined ? null : nameOf(before.node, feeder),
            };
          }),
      );
  });
  const taken = ({ replaces }: WireChoice): number => (replaces === null ? 0 : 1);
  return choices.sort((a, b) => taken(a) - taken(b) || distance(a.to.node) - distance(b.to.node));
}
