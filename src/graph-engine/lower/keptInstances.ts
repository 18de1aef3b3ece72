import type { InferredGraph } from '../infer/inferredGraph.ts';
import { isForeignOp } from '../ops/foreign/foreignOps.ts';

/** Why a network cannot be computed: it has operators that are kept from a file; `undefined` where it has none. */
export function keptInstances(root: InferredGraph): string | undefined {
  const found = new Map<string, string>();
  look(root, found);
  const [first] = found;
  if (first === undefined) return undefined;
  const [path, operator] = first;
  const more = found.size === 1 ? '' : ` and ${found.size - 1} more`;
  return `"${path}" (${operator})${more} is kept from a file and not known here: it shows and is exported again, but it cannot be trained or computed. Put an op in its place, or bypass it.`;
}

function look(graph: InferredGraph, found: Map<string, string>, prefix = ''): void {
  for (const { name, node, bypassed, muted, instances = [], parameters } of graph.nodes.values()) {
    if (bypassed || muted) continue;
    if ('op' in node && isForeignOp(node.op)) found.set(`${prefix}${name}`, operatorOf(parameters));
    const [first] = instances;
    if (first !== undefined) look(first, found, `${prefix}${name}.`);
  }
}

function operatorOf(parameters: Readonly<Record<string, unknown>> | undefined): string {
  const operator = parameters?.['operator'];
  return typeof operator === 'string' ? operator : 'an end of the network';
}
