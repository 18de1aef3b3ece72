import { namesIn } from '../../expressions/rewriteExpression.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT } from '../blockPorts.ts';
import { freshNodeId, graphOf, nodeOf, nodesOf, type Scope } from '../graphs.ts';
import {
  NodeId,
  type BlockId,
  type BlockParameter,
  type Endpoint,
  type Graph,
  type GraphNode,
  type SkipwireDocument,
} from '../schema.ts';
import { defineCommand } from './command.ts';

const COLUMN = 220;

/** Everything of a node that may hold an expression. */
export function valuesOf(node: GraphNode): readonly GraphNode['parameters'][string][] {
  return [
    ...Object.values(node.parameters),
    ...(node.enabled === undefined ? [] : [node.enabled]),
    ...(node.muted === undefined ? [] : [node.muted]),
    ...('block' in node && node.repeat !== undefined ? [node.repeat] : []),
  ];
}

/** Whether a node depends on the repetition it is in; what a repeated node says of `index` is its own repetition. */
function placeDependent(node: GraphNode): boolean {
  const own = 'block' in node && node.repeat !== undefined ? Object.values(node.parameters) : [];
  const values = valuesOf(node).filter((value) => !own.includes(value));
  return values.some((value) => namesIn(value).has('index') || namesIn(value).has('repeat'));
}

/** Nodes outside that are fed by the selection and feed it again. */
function throughOutside(graph: Graph, ids: ReadonlySet<NodeId>): NodeId | undefined {
  const behind = new Set<NodeId>();
  const feeds = new Map<NodeId, NodeId[]>();
  for (const [id, node] of nodesOf(graph))
    for (const { node: source } of Object.values(node.inputs)) feeds.set(source, [...(feeds.get(source) ?? []), id]);
  const pending = [...ids].flatMap((id) => (feeds.get(id) ?? []).filter((next) => !ids.has(next)));
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (behind.has(id)) continue;
    behind.add(id);
    for (const next of feeds.get(id) ?? []) {
      if (ids.has(next)) return id;
      pending.push(next);
    }
  }
  return undefined;
}

/** Why nodes cannot become a block, in words; nothing when they can. `isEnd` tells the inputs and outputs of the network. */
export function whyNotGrouped(
  document: SkipwireDocument,
  scope: Scope,
  ids: readonly NodeId[],
  isEnd: (op: string) => boolean,
): string | undefined {
  const graph = graphOf(document, scope);
  if (ids.length === 0) return 'Nothing is selected.';
  for (const id of ids) {
    const node = nodeOf(graph, id);
    if ('op' in node && (node.op === BLOCK_INPUT || node.op === BLOCK_OUTPUT))
      return 'The ports of this block cannot go into another one. Select what lies between them.';
    if ('op' in node && isEnd(node.op))
      return 'Inputs and outputs of the network cannot go into a block. Select what lies between them.';
    if (placeDependent(node))
      return `“${node.name ?? id}” depends on which repetition it is in, and would not know that in a block of its own.`;
  }
  const outside = throughOutside(graph, new Set(ids));
  if (outside === undefined) return undefined;
  const name = nodeOf(graph, outside).name ?? outside;
  return `“${name}” lies between the selected nodes: what they make goes through it and back. Select it too.`;
}

interface Cut {
  readonly port: string;
  readonly source: Endpoint;
}

function same(a: Endpoint, b: Endpoint): boolean {
  return a.node === b.node && a.port === b.port;
}

/** Outputs that cross the border of the selection, each once, from left to right; ports are numbered when there are several. */
function cuts(sources: readonly Endpoint[], graph: Graph, name: string): readonly Cut[] {
  const each: Endpoint[] = [];
  for (const source of sources) if (!each.some((known) => same(known, source))) each.push(source);
  const place = ({ node }: Endpoint): { x: number; y: number } => nodeOf(graph, node).position;
  each.sort((a, b) => place(a).x - place(b).x || place(a).y - place(b).y);
  return each.map((source, index) => ({ port: each.length === 1 ? name : `${name}${index + 1}`, source }));
}

function middle(values: readonly number[]): number {
  return (Math.min(...values) + Math.max(...values)) / 2;
}

/**
 * Makes a block of nodes: the wires that are cut become its ports, and a node that uses it takes their place. Parameters of
 * the block around that the nodes use become parameters of the new one. Ask `whyNotGrouped` first.
 */
export const groupNodes = defineCommand<{
  scope: Scope;
  ids: readonly NodeId[];
  /** Free ids for the node and the definition. */
  id: NodeId;
  block: BlockId;
  name: string;
}>({
  name: 'groupNodes',
  label: 'Make a block',
  run(document, { scope, ids, id, block, name }) {
    if (document.blocks[block] !== undefined) throw new Error(`The block "${block}" exists`);
    const graph = graphOf(document, scope);
    if (Object.hasOwn(graph.nodes, id)) throw new Error(`The id "${id}" is taken`);
    const inside = new Set(ids);
    const members = ids.map((member) => [member, nodeOf(graph, member)] as const);
    const wiresOf = (node: GraphNode): readonly Endpoint[] => Object.values(node.inputs);
    const incoming = cuts(
      members.flatMap(([, node]) => wiresOf(node).filter((wire) => !inside.has(wire.node))),
      graph,
      'input',
    );
    const outside = nodesOf(graph).filter(([other]) => !inside.has(other));
    const used = outside.flatMap(([, node]) => wiresOf(node).filter((wire) => inside.has(wire.node)));
    const outgoing = cuts(used.length > 0 ? used : openEnds(members), graph, 'output');

    const xs = members.map(([, node]) => node.position.x);
    const ys = members.map(([, node]) => node.position.y);
    const nodes: Graph['nodes'] = {};
    for (const [member, node] of members) nodes[member] = copy(node);
    const inputs: GraphNode['inputs'] = {};
    for (const [index, { port, source }] of incoming.entries()) {
      const portId = freshPortId(nodes, port);
      const position = { x: Math.min(...xs) - COLUMN, y: middle(ys) + index * 90 };
      nodes[portId] = { op: BLOCK_INPUT, name: port, parameters: { order: index }, inputs: {}, position };
      inputs[port] = { node: source.node, port: source.port };
      for (const [member] of members)
        for (const wire of Object.values(nodes[member]?.inputs ?? {}))
          if (same(wire, source)) Object.assign(wire, { node: portId, port: 'output' });
    }
    for (const [index, { port, source }] of outgoing.entries()) {
      const position = { x: Math.max(...xs) + COLUMN, y: middle(ys) + index * 90 };
      const feed = { input: { node: source.node, port: source.port } };
      nodes[freshPortId(nodes, port)] = {
        op: BLOCK_OUTPUT,
        name: port,
        parameters: { order: index },
        inputs: feed,
        position,
      };
      for (const [other] of outside)
        for (const wire of Object.values(graph.nodes[other]?.inputs ?? {}))
          if (same(wire, source)) Object.assign(wire, { node: id, port });
    }
    const parameters = inheritedParameters(
      document,
      scope,
      members.map(([, node]) => node),
    );
    document.blocks[block] = { name, parameters: parameters.map((one) => ({ ...one })), graph: { nodes } };
    for (const member of ids) delete graph.nodes[member];
    graph.nodes[id] = {
      block,
      parameters: Object.fromEntries(parameters.map((parameter) => [parameter.name, `= ${parameter.name}`])),
      inputs,
      position: { x: Math.round(middle(xs) / 10) * 10, y: Math.round(middle(ys) / 10) * 10 },
    };
  },
});

/** A port keeps the plain name as its id where that is free. */
function freshPortId(nodes: Graph['nodes'], port: string): NodeId {
  const plain = NodeId.parse(port);
  return nodes[plain] === undefined ? plain : freshNodeId({ nodes }, port);
}

function copy(node: GraphNode): GraphNode {
  return {
    ...node,
    parameters: { ...node.parameters },
    inputs: Object.fromEntries(Object.entries(node.inputs).map(([port, wire]) => [port, { ...wire }])),
    position: { ...node.position },
  };
}

/** The outputs of nodes that feed no other selected node, for a selection that leads nowhere yet. */
function openEnds(members: readonly (readonly [NodeId, GraphNode])[]): readonly Endpoint[] {
  const feeding = new Set(members.flatMap(([, node]) => Object.values(node.inputs).map((wire) => wire.node)));
  return members.filter(([id]) => !feeding.has(id)).map(([id]) => ({ node: id, port: 'output' }));
}

function inheritedParameters(
  document: SkipwireDocument,
  scope: Scope,
  nodes: readonly GraphNode[],
): readonly BlockParameter[] {
  const around = scope === null ? [] : (document.blocks[scope]?.parameters ?? []);
  const names = new Set(nodes.flatMap(valuesOf).flatMap((value) => [...namesIn(value)]));
  return around.filter(({ name }) => names.has(name));
}
