import { BLOCK_OUTPUT } from '../document/blockPorts.ts';
import type { NodeId } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { shapeTrail, type TrailStep } from './shapeTrail.ts';

/** What a block does to the shape of a value on its way to one of its outputs. */
export interface BlockTrail {
  /** The output of the block. */
  readonly port: string;
  /** The repetition it happens in, from 0. */
  readonly instance: number;
  /** From what enters the block to the output: the nodes inside at which the shape changes. */
  readonly steps: readonly TrailStep[];
  /** Nodes that the value goes through inside, whether they change its shape or not. */
  readonly passed: number;
}

function outputsOf(graph: InferredGraph): readonly InferredNode[] {
  return [...graph.nodes.values()].filter(({ node }) => 'op' in node && node.op === BLOCK_OUTPUT);
}

/** How many nodes lie on the way of first inputs back from a node, itself left out. */
function lengthOfWay(graph: InferredGraph, id: NodeId): number {
  const seen = new Set<NodeId>();
  for (let at: NodeId | undefined = id; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const node: InferredNode | undefined = graph.nodes.get(at);
    const [first] = Object.keys(node?.inputs ?? {});
    at = node?.node.inputs[first ?? '']?.node;
  }
  return seen.size - 1;
}

/**
 * Why the outputs of a block node have their shapes: for each the way inside, of the first repetition that changes a shape,
 * or of the first one when none does. Empty while a shape is not known, and for ops.
 */
export function blockTrails(node: InferredNode): readonly BlockTrail[] {
  const instances = node.instances ?? [];
  const [first] = instances;
  if (first === undefined) return [];
  return outputsOf(first).flatMap((output): BlockTrail[] => {
    const ways = instances.map((graph, instance) => {
      const end = graph.nodes.get(output.id);
      const steps = end === undefined ? [] : shapeTrail(graph, output.id);
      return { port: output.name, instance, steps, passed: lengthOfWay(graph, output.id) };
    });
    const changes = ({ steps }: BlockTrail): boolean => new Set(steps.map(({ shape }) => shape)).size > 1;
    const shown = ways.find(changes) ?? ways[0];
    const type = first.nodes.get(output.id)?.inputs['input'];
    if (shown === undefined || type === undefined || shown.steps.length === 0) return [];
    return [shown];
  });
}

/** A trail as a sentence: `32×32×16 throughout, by 6 nodes`, or `32×32×16 → 16×16×32 in conv1`. */
export function describeTrail({ steps, passed, instance }: BlockTrail, repeat: number): string {
  const shapes = steps.filter(({ shape }, index) => index === 0 || shape !== steps[index - 1]?.shape);
  const [start, ...changes] = shapes;
  if (start === undefined) return '';
  if (changes.length === 0) return `${start.shape} throughout, past ${passed - 1} ${passed === 2 ? 'node' : 'nodes'}`;
  const where = repeat > 1 ? `, in ${instance + 1} of ${repeat}` : '';
  return `${start.shape}${changes.map(({ name, shape }) => ` → ${shape} in ${name}`).join('')}${where}`;
}

/** What is told of a block's shapes at once. */
export function describeBlockTrails(node: InferredNode): readonly string[] {
  const trails = blockTrails(node);
  const repeat = node.instances?.length ?? 1;
  return trails.map((trail) => {
    const text = describeTrail(trail, repeat);
    return trails.length > 1 ? `${trail.port}: ${text}` : text;
  });
}
