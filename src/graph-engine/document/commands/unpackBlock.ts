import { meaningOf, namesIn, rewriteValue, type Meaning } from '../../expressions/rewriteExpression.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../blockPorts.ts';
import { freshMarkId, freshNodeId, graphOf, nameOf, nodeOf, nodesOf, type Scope } from '../graphs.ts';
import type {
  BlockDefinition,
  BlockNode,
  Endpoint,
  Graph,
  GraphNode,
  NodeId,
  ParameterValue,
  SkipwireDocument,
} from '../schema.ts';
import { defineCommand } from './command.ts';

/** More copies than a person would look at. */
export const MAXIMUM_UNPACKED = 64;
const GAP = 60;
const CARD = 160;

/** How many copies unpacking makes: the repeat that is written, if it is a number. */
export function unpackedCopies(node: BlockNode): number | undefined {
  const { repeat = 1 } = node;
  return typeof repeat === 'number' && repeat >= 1 && repeat <= MAXIMUM_UNPACKED ? repeat : undefined;
}

/** Why a block node cannot be unpacked, in words; nothing when it can. */
export function whyNotUnpacked(document: SkipwireDocument, node: BlockNode): string | undefined {
  if (document.blocks[node.block] === undefined) return 'The block it uses is not in the document.';
  if (unpackedCopies(node) === undefined)
    return typeof node.repeat === 'string'
      ? 'How often it repeats is an expression. Give a number first.'
      : `It repeats ${node.repeat} times. Up to ${MAXIMUM_UNPACKED} are unpacked.`;
  if (node.repeat === undefined && usesPlace(Object.values(node.parameters)))
    return 'Its parameters depend on which repetition of the block around it is in. Unpack that one first.';
  if (node.enabled !== undefined) return 'It is bypassed, or on by a condition. Take that off first.';
  if (typeof node.muted === 'string') return 'It is muted by a condition. Take that off first.';
  if (node.muted === true && passesStraight(document.blocks[node.block]))
    return 'It is muted, and something in it passes straight through. Take the mute off first.';
  return undefined;
}

/** Whether an output of a block may be what enters it, past bypassed nodes: then there is nothing to mute in its place. */
function passesStraight(definition: BlockDefinition | undefined): boolean {
  const nodes = definition?.graph.nodes ?? {};
  const seen = new Set<NodeId>();
  const leadsToInput = (wire: Endpoint | undefined): boolean => {
    const node = wire === undefined ? undefined : nodes[wire.node];
    if (wire === undefined || node === undefined || seen.has(wire.node)) return false;
    seen.add(wire.node);
    if ('op' in node && node.op === BLOCK_INPUT) return true;
    return node.enabled !== undefined && Object.values(node.inputs).some(leadsToInput);
  };
  return Object.values(nodes).some(
    (node) => 'op' in node && node.op === BLOCK_OUTPUT && Object.values(node.inputs).some(leadsToInput),
  );
}

function usesPlace(values: readonly ParameterValue[]): boolean {
  return values.some((value) => namesIn(value).has('index') || namesIn(value).has('repeat'));
}

function meanings(
  node: BlockNode,
  definition: BlockDefinition,
  index: number,
  repeat: number,
): Record<string, Meaning> {
  const place: Record<string, Meaning> = { index: { value: index }, repeat: { value: repeat } };
  const known = { ...place };
  for (const parameter of definition.parameters) {
    // What a repeated node gives to its block may say `index`, and means its own repetition.
    const given = rewriteValue(node.parameters[parameter.name] ?? parameter.default, place);
    known[parameter.name] = meaningOf(Array.isArray(given) ? parameter.default : given);
  }
  return known;
}

function rewritten(node: GraphNode, known: Readonly<Record<string, Meaning>>): GraphNode {
  const { index: _index, repeat: _repeat, ...names } = known;
  const ofParameters = 'block' in node && node.repeat !== undefined ? names : known;
  const parameters = Object.fromEntries(
    Object.entries(node.parameters).map(([name, value]) => [name, rewriteValue(value, ofParameters)]),
  );
  const copy: GraphNode = { ...node, parameters, inputs: {}, position: { ...node.position } };
  const enabled = node.enabled === undefined ? true : rewriteValue(node.enabled, known);
  if (enabled === true) delete copy.enabled;
  else if (typeof enabled === 'boolean' || typeof enabled === 'string') copy.enabled = enabled;
  const muted = node.muted === undefined ? false : rewriteValue(node.muted, known);
  if (muted === false) delete copy.muted;
  else if (typeof muted === 'boolean' || typeof muted === 'string') copy.muted = muted;
  if ('block' in copy && copy.repeat !== undefined) {
    const repeat = rewriteValue(copy.repeat, known);
    if (typeof repeat === 'number' || typeof repeat === 'string') copy.repeat = repeat;
  }
  return copy;
}

interface Extent {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

function extentOf(nodes: readonly GraphNode[]): Extent {
  const xs = nodes.map(({ position }) => position.x);
  if (xs.length === 0) return { left: 0, right: 0, top: 0 };
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...nodes.map(({ position }) => position.y)) };
}

/**
 * Puts what is in a block in place of the node that uses it, once for each repetition; expressions over the block's
 * parameters come to what they mean here. Ask `whyNotUnpacked` first.
 */
export const unpackBlock = defineCommand<{ scope: Scope; id: NodeId }>({
  name: 'unpackBlock',
  label: 'Unpack block',
  run(document, { scope, id }) {
    const graph = graphOf(document, scope);
    const node = nodeOf(graph, id);
    if (!('block' in node)) throw new Error(`"${id}" is no block`);
    const definition = document.blocks[node.block];
    const copies = unpackedCopies(node);
    if (definition === undefined || copies === undefined) throw new Error(`"${id}" cannot be unpacked`);
    const ports = blockPorts(definition.graph);
    const isPort = new Set([...ports.inputs, ...ports.outputs].map((port) => port.node));
    const inner = nodesOf(definition.graph).filter(([member]) => !isPort.has(member));
    const extent = extentOf(inner.map(([, member]) => member));
    const names = new Set(nodesOf(graph).map(([other, one]) => nameOf(other, one)));
    let feeds: Readonly<Record<string, Endpoint | undefined>> = node.inputs;
    let outputs: Record<string, Endpoint | undefined> = {};
    for (let index = 0; index < copies; index++) {
      const known = meanings(node, definition, index, copies);
      const ids = new Map<NodeId, NodeId>();
      const taken = new Set<string>();
      for (const [member] of inner) {
        const fresh = freshNodeId(graph, member, taken);
        taken.add(fresh);
        ids.set(member, fresh);
      }
      const source = (wire: Endpoint | undefined): Endpoint | undefined => {
        if (wire === undefined) return undefined;
        const port = ports.inputs.find((one) => one.node === wire.node);
        if (port !== undefined) return feeds[port.name];
        const fresh = ids.get(wire.node);
        return fresh === undefined ? undefined : { node: fresh, port: wire.port };
      };
      const shift = {
        x: node.position.x - extent.left + index * (extent.right - extent.left + CARD + GAP),
        y: node.position.y - extent.top,
      };
      for (const [member, original] of inner) {
        const copy = rewritten(original, known);
        if (node.frozen === true) copy.frozen = true;
        // Zeros came out of the block: they come out of everything in it that does not merely pass on.
        if (node.muted === true && copy.enabled === undefined) copy.muted = true;
        copy.position = { x: copy.position.x + shift.x, y: copy.position.y + shift.y };
        for (const [port, wire] of Object.entries(original.inputs)) {
          const from = source(wire);
          if (from !== undefined) copy.inputs[port] = { node: from.node, port: from.port };
        }
        if (copy.name !== undefined && names.has(copy.name)) delete copy.name;
        const fresh = ids.get(member) ?? member;
        names.add(copy.name ?? fresh);
        graph.nodes[fresh] = copy;
      }
      outputs = {};
      for (const port of ports.outputs) outputs[port.name] = source(definition.graph.nodes[port.node]?.inputs['input']);
      copyMarks(graph, definition.graph, shift);
      const [first] = ports.inputs;
      const [result] = ports.outputs;
      if (first !== undefined && result !== undefined) feeds = { ...feeds, [first.name]: outputs[result.name] };
    }
    for (const [, other] of nodesOf(graph)) {
      for (const [port, wire] of Object.entries(other.inputs)) {
        if (wire.node !== id) continue;
        const from = outputs[wire.port];
        if (from === undefined) delete other.inputs[port];
        else other.inputs[port] = { node: from.node, port: from.port };
      }
    }
    delete graph.nodes[id];
  },
});

function copyMarks(graph: Graph, inner: Graph, shift: { readonly x: number; readonly y: number }): void {
  const moved = <Mark extends { readonly position: { readonly x: number; readonly y: number } }>(mark: Mark) => ({
    ...mark,
    position: { x: mark.position.x + shift.x, y: mark.position.y + shift.y },
  });
  for (const frame of Object.values(inner.frames ?? {}))
    (graph.frames ??= {})[freshMarkId(graph, 'frame')] = { ...moved(frame), size: { ...frame.size } };
  for (const note of Object.values(inner.notes ?? {}))
    (graph.notes ??= {})[freshMarkId(graph, 'note')] = { ...moved(note), size: { ...note.size } };
}
