import type { NodeId } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';
import type { TensorType } from '../core/shape.ts';
import type { NetworkEnds, NetworkInput, NetworkOutput } from './matchData.ts';

interface End {
  readonly inputs: readonly NetworkInput[];
  readonly outputs: readonly NetworkOutput[];
}

/** Graphs that are wired alike are in one order, and begin and end at the same nodes. */
const endNodes = new WeakMap<InferredGraph['order'], readonly NodeId[]>();
const ends = new WeakMap<InferredNode, End>();
let last: NetworkEnds = { inputs: [], outputs: [] };

function endsIn({ order, nodes }: InferredGraph): readonly NodeId[] {
  const known = endNodes.get(order);
  if (known !== undefined) return known;
  const found = order.filter((id) => {
    const node = nodes.get(id)?.node;
    const op = node !== undefined && 'op' in node ? opNamed(node.op) : undefined;
    return op?.family === 'input' || op?.objective !== undefined;
  });
  endNodes.set(order, found);
  return found;
}

function endOf(node: InferredNode): End {
  const known = ends.get(node);
  if (known !== undefined) return known;
  const end =
    node.bypassed || node.muted ? { inputs: [], outputs: [] } : { inputs: inputOf(node), outputs: outputOf(node) };
  ends.set(node, end);
  return end;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/**
 * What a drawn network takes in and learns from, as far as it is known: ends that are in error are left out. The same object
 * as last time while it is the same.
 */
export function networkEnds(root: InferredGraph): NetworkEnds {
  const found = endsIn(root).flatMap((id) => root.nodes.get(id) ?? []);
  const now = {
    inputs: found.flatMap((node) => endOf(node).inputs),
    outputs: found.flatMap((node) => endOf(node).outputs),
  };
  if (!sameList(last.inputs, now.inputs) || !sameList(last.outputs, now.outputs)) last = now;
  return last;
}

function inputOf({ node, name, outputs }: InferredNode): NetworkInput[] {
  const type = outputs['output'];
  if (!('op' in node) || opNamed(node.op)?.family !== 'input' || type === undefined) return [];
  return [{ path: name, type }];
}

function outputOf({ node, name, inputs, parameters }: InferredNode): NetworkOutput[] {
  const objective = 'op' in node ? opNamed(node.op)?.objective : undefined;
  if (objective === undefined || parameters === undefined) return [];
  const types: Record<string, TensorType> = {};
  for (const [port, type] of Object.entries(inputs)) {
    if (type === undefined) return [];
    types[port] = type;
  }
  return [{ path: name, target: objective.target({ parameters, inputs: types }) }];
}
