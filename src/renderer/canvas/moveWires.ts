import { connect, disconnect } from '../../graph-engine/document/commands/connect.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Endpoint, Graph } from '../../graph-engine/document/schema.ts';
import { currentDocument, dispatch, gesture } from '../store/documentStore.ts';
import { editedScope } from '../store/scope.ts';
import { bestOutput, canConnect, type Verdict } from './dropRules.ts';
import type { PortHit } from './hitTest.ts';
import { portsOf } from './nodeView.ts';
import { wireId } from './skipWires.ts';

/** A port of a card. */
export interface Port extends Endpoint {
  readonly side: 'input' | 'output';
}

/** The ends of the wires at a port: one at most for an input, any number for an output. */
export function wiresAt(graph: Graph, port: Port): readonly Endpoint[] {
  if (port.side === 'input')
    return graph.nodes[port.node]?.inputs[port.port] === undefined ? [] : [{ node: port.node, port: port.port }];
  return nodesOf(graph).flatMap(([node, { inputs }]) =>
    Object.entries(inputs).flatMap(([name, source]) =>
      source.node === port.node && source.port === port.port ? [{ node, port: name }] : [],
    ),
  );
}

/** The wires at a port by their ids on the canvas. */
export function wireIdsAt(graph: Graph, port: Port): readonly string[] {
  return wiresAt(graph, port).map((end) => wireId(end.node, end.port));
}

/** The port that wires are moved to when they are let go there: that port, or the one of the card that fits best. */
export function targetOf(graph: Graph, from: Port, hit: PortHit): Port | undefined {
  const { blocks } = currentDocument();
  if (hit.port !== undefined && hit.side === from.side) return { node: hit.node, port: hit.port, side: from.side };
  const node = graph.nodes[hit.node];
  if (node === undefined || hit.node === from.node) return undefined;
  if (from.side === 'output') {
    const port = bestOutput(graph, hit.node, blocks);
    return port === undefined ? undefined : { node: hit.node, port, side: 'output' };
  }
  const { inputs } = portsOf(node, blocks);
  const port = inputs.find((name) => node.inputs[name] === undefined) ?? inputs[0];
  return port === undefined ? undefined : { node: hit.node, port, side: 'input' };
}

/** Takes all wires of a port to another port of the same side, in one step of undo; all of them or none. */
export function moveWires(from: Port, to: Port): Verdict {
  const { scope, graph } = editedScope();
  const ends = wiresAt(graph, from);
  if (ends.length === 0) return { ok: false, reason: 'No wire ends at that port.' };
  if (from.side !== to.side) return { ok: false, reason: `Wires of an ${from.side} go to another ${from.side}.` };
  if (from.node === to.node && from.port === to.port) return { ok: true };
  const wires = ends.map((end) => {
    const source = graph.nodes[end.node]?.inputs[end.port];
    return from.side === 'output' ? { from: to, to: end } : { from: source ?? to, to };
  });
  for (const wire of wires) {
    const verdict = canConnect(graph, wire.from, wire.to);
    if (!verdict.ok) return verdict;
  }
  gesture('Move wires', () => {
    if (from.side === 'input') dispatch(disconnect, { scope, to: { node: from.node, port: from.port } });
    for (const wire of wires) {
      const source = { node: wire.from.node, port: wire.from.port };
      dispatch(connect, { scope, from: source, to: { node: wire.to.node, port: wire.to.port } });
    }
  });
  return { ok: true };
}
