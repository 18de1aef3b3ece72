import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';
import type { TensorType } from '../core/shape.ts';
import type { NetworkEnds, NetworkInput, NetworkOutput } from './matchData.ts';

/** What a drawn network takes in and learns from, as far as it is known: ends that are in error are left out. */
export function networkEnds(root: InferredGraph): NetworkEnds {
  const nodes = [...root.nodes.values()].filter(({ bypassed, muted }) => !bypassed && !muted);
  return { inputs: nodes.flatMap(inputOf), outputs: nodes.flatMap(outputOf) };
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
