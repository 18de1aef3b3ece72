import { nameOf, nodesOf, reaches } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, Endpoint, Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { portsOf } from './nodeView.ts';

type Blocks = Readonly<Record<string, BlockDefinition>>;

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const YES: Verdict = { ok: true };

/** Whether a wire may be drawn, with the reason when not. Shapes do not matter here: a mismatch is shown, not refused. */
export function canConnect(graph: Graph, from: Endpoint, to: Endpoint): Verdict {
  const [source, target] = [graph.nodes[from.node], graph.nodes[to.node]];
  if (source === undefined || target === undefined) return { ok: false, reason: 'That node does not exist any more.' };
  if (from.node === to.node) return { ok: false, reason: 'A node cannot feed itself.' };
  if (reaches(graph, to.node, from.node)) {
    const [later, earlier] = [nameOf(from.node, source), nameOf(to.node, target)];
    return { ok: false, reason: `This would close a loop: "${later}" already depends on "${earlier}".` };
  }
  return YES;
}

/** One end of a wire that is being drawn: the other end is looked for. */
export interface OpenWire extends Endpoint {
  readonly side: 'output' | 'input';
}

/** Nodes on which the open wire may end. */
export function validTargets(graph: Graph, open: OpenWire, blocks: Blocks): ReadonlySet<NodeId> {
  const valid = new Set<NodeId>();
  const barred = open.side === 'output' ? ancestors(graph, open.node) : descendants(graph, open.node);
  for (const [id, node] of nodesOf(graph)) {
    const ports = portsOf(node, blocks);
    const accepts = open.side === 'output' ? ports.inputs.length > 0 : ports.outputs.length > 0;
    if (accepts && !barred.has(id)) valid.add(id);
  }
  return valid;
}

/** The node and everything it depends on. */
export function ancestors(graph: Graph, start: NodeId): ReadonlySet<NodeId> {
  const seen = new Set<NodeId>();
  const pending = [start];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const source of Object.values(graph.nodes[id]?.inputs ?? {})) pending.push(source.node);
  }
  return seen;
}

/** The node and everything that depends on it. */
export function descendants(graph: Graph, start: NodeId): ReadonlySet<NodeId> {
  const consumers = new Map<NodeId, NodeId[]>();
  for (const [id, node] of nodesOf(graph)) {
    for (const source of Object.values(node.inputs)) {
      const list = consumers.get(source.node);
      if (list === undefined) consumers.set(source.node, [id]);
      else list.push(id);
    }
  }
  const seen = new Set<NodeId>();
  const pending = [start];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    pending.push(...(consumers.get(id) ?? []));
  }
  return seen;
}

/** The input a wire takes when it is dropped on the node itself: the first free one, else the last one is replaced. */
export function bestInput(graph: Graph, id: NodeId, blocks: Blocks): string | undefined {
  const node = graph.nodes[id];
  if (node === undefined) return undefined;
  const { inputs } = portsOf(node, blocks);
  return inputs.find((port) => node.inputs[port] === undefined) ?? inputs.at(-1);
}

/** The output a wire takes when it is dropped on the node itself. */
export function bestOutput(graph: Graph, id: NodeId, blocks: Blocks): string | undefined {
  const node = graph.nodes[id];
  return node === undefined ? undefined : portsOf(node, blocks).outputs[0];
}

/** Completes an open wire with a port, or with the best port of a node when none was hit. */
export function completeWire(
  graph: Graph,
  open: OpenWire,
  hit: { readonly node: NodeId; readonly port?: string },
  blocks: Blocks,
): { readonly from: Endpoint; readonly to: Endpoint } | undefined {
  const end = { node: open.node, port: open.port };
  if (open.side === 'output') {
    const port = hit.port ?? bestInput(graph, hit.node, blocks);
    return port === undefined ? undefined : { from: end, to: { node: hit.node, port } };
  }
  const port = hit.port ?? bestOutput(graph, hit.node, blocks);
  return port === undefined ? undefined : { from: { node: hit.node, port }, to: end };
}

/**
 * The wires that join selected nodes: from left to right, each node's free inputs are fed by the outputs before it.
 * Nothing that is connected is touched.
 */
export function wiresAmong(
  graph: Graph,
  selected: readonly NodeId[],
  blocks: Blocks,
): readonly { readonly from: Endpoint; readonly to: Endpoint }[] {
  const ordered = selected
    .filter((id) => graph.nodes[id] !== undefined)
    .sort((a, b) => (graph.nodes[a]?.position.x ?? 0) - (graph.nodes[b]?.position.x ?? 0));
  const wires: { from: Endpoint; to: Endpoint }[] = [];
  ordered.forEach((id, index) => {
    const node = graph.nodes[id];
    if (node === undefined) return;
    const free = portsOf(node, blocks).inputs.filter((port) => node.inputs[port] === undefined);
    // The nearest before it first; one with several free inputs takes those further back as well.
    const before = ordered.slice(0, index).reverse();
    for (const port of free) {
      for (let source = before.shift(); source !== undefined; source = before.shift()) {
        const output = bestOutput(graph, source, blocks);
        if (output === undefined) continue;
        const from = { node: source, port: output };
        const to = { node: id, port };
        if (!canConnect(graph, from, to).ok) continue;
        wires.push({ from, to });
        break;
      }
    }
  });
  return wires;
}
