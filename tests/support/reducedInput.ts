import type { GraphNode, SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';

/** Sides of images and lengths of sequences to try, the smallest that a network takes being the cheapest. */
const SIDES = [64, 96, 128, 188, 224];
const LENGTHS = [64, 128, 256];

/** The network on a smaller input where its own is large, as far as its parts allow: the same blocks, fewer pixels. */
export function withReducedInput(document: SkipwireDocument): SkipwireDocument {
  for (const [index, side] of SIDES.entries()) {
    const smaller = shrunk(document, side, LENGTHS[Math.min(index, LENGTHS.length - 1)] ?? side);
    if (!inferDocument(smaller).diagnostics.some(({ severity }) => severity === 'error')) return smaller;
  }
  return document;
}

function shrunk(document: SkipwireDocument, side: number, length: number): SkipwireDocument {
  const nodes = Object.entries(document.graph.nodes).map(([id, node]): [string, GraphNode] => {
    if (!('op' in node)) return [id, node];
    const limits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
      input: { height: side, width: side },
      sequenceInput: { length },
      tokenInput: { length },
    };
    const limit = limits[node.op] ?? {};
    const parameters = { ...node.parameters };
    for (const [name, most] of Object.entries(limit)) {
      const value = parameters[name];
      if (typeof value === 'number') parameters[name] = Math.min(value, most);
    }
    return [id, { ...node, parameters }];
  });
  return { ...document, graph: { ...document.graph, nodes: Object.fromEntries(nodes) } };
}

/** What goes into a network, such as `64×64×3`. */
export function describeInputs(document: SkipwireDocument): string {
  const { root } = inferDocument(document);
  return Object.entries(document.graph.nodes)
    .filter(([, node]) => 'op' in node && /input$/i.test(node.op))
    .map(([id]) => {
      const type = [...root.nodes.values()].find((node) => node.id === id)?.outputs['output'];
      return type?.axes.map(({ size }) => size).join('×') ?? '?';
    })
    .join(' + ');
}
