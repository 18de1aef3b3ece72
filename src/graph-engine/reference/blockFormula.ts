import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../document/blockPorts.ts';
import type { BlockDefinition, Endpoint, NodeId } from '../document/schema.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';

interface Term {
  readonly text: string;
  /** A sum needs brackets where it is a factor. */
  readonly isSum: boolean;
}

const INFIX: Readonly<Record<string, string>> = { add: ' + ', subtract: ' − ', multiply: ' · ' };

function functionName(node: InferredNode, blocks: Readonly<Record<string, BlockDefinition>>): string {
  if ('block' in node.node) {
    const times = node.instances?.length ?? 1;
    return `${blocks[node.node.block] === undefined ? 'block' : node.node.block}${times > 1 ? `^${times}` : ''}`;
  }
  const op = opNamed(node.node.op);
  const kernel = node.parameters?.['kernel'];
  return `${op?.documentation.shortName ?? node.node.op}${Array.isArray(kernel) ? kernel.map(String).join('×') : ''}`;
}

/** How often the value of each node is used. */
function usesOf(graph: InferredGraph, live: ReadonlyMap<NodeId, InferredNode>): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const id of graph.order) {
    const node = live.get(id);
    for (const source of Object.values(node === undefined || node.muted ? {} : node.node.inputs)) {
      const real = skipBypassed(live, source);
      uses.set(real.node, (uses.get(real.node) ?? 0) + 1);
    }
  }
  return uses;
}

/** What really feeds a wire: bypassed nodes pass their first input on. */
function skipBypassed(nodes: ReadonlyMap<NodeId, InferredNode>, start: Endpoint): Endpoint {
  let source = start;
  for (let node = nodes.get(source.node); node?.bypassed === true && !node.muted; node = nodes.get(source.node)) {
    const [first] = Object.keys(node.inputs);
    const next = node.node.inputs[first ?? ''];
    if (next === undefined) break;
    source = next;
  }
  return source;
}

/**
 * A block as equations, read off its graph: `y = relu(bn(conv3×3(x)) + x)`. Values that are used more than once get a
 * name; what is bypassed is left out, and what is muted is 0.
 */
export function blockFormula(
  definition: BlockDefinition,
  instance: InferredGraph,
  blocks: Readonly<Record<string, BlockDefinition>>,
): readonly string[] {
  const { inputs, outputs } = blockPorts(definition.graph);
  const used = new Map<NodeId, InferredNode>();
  // Bypassed nodes hand their wires on; those that nobody then uses do not count as uses.
  const pending = outputs.map(({ node }) => node);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = instance.nodes.get(id);
    if (node === undefined || used.has(id)) continue;
    used.set(id, node);
    if (node.muted) continue;
    for (const source of Object.values(node.node.inputs)) pending.push(skipBypassed(instance.nodes, source).node);
  }
  const uses = usesOf(instance, used);
  const terms = new Map<string, Term>();
  const lines: string[] = [];
  let named = 0;
  for (const id of instance.order) {
    const node = used.get(id);
    if (node?.muted === true && !('op' in node.node && node.node.op === BLOCK_OUTPUT)) {
      terms.set(id, { text: '0', isSum: false });
      continue;
    }
    if (node === undefined || node.bypassed) continue;
    const feeds = Object.values(node.node.inputs).map((given) => {
      const source = skipBypassed(instance.nodes, given);
      const term = terms.get(source.node) ?? { text: '?', isSum: false };
      const several = Object.keys(instance.nodes.get(source.node)?.outputs ?? {}).length > 1;
      return several ? { text: `${term.text}.${source.port}`, isSum: false } : term;
    });
    const type = 'op' in node.node ? node.node.op : '';
    if (type === BLOCK_INPUT) {
      terms.set(id, { text: inputs.length === 1 ? 'x' : node.name, isSum: false });
      continue;
    }
    if (type === BLOCK_OUTPUT) {
      lines.push(`${outputs.length === 1 ? 'y' : node.name} = ${node.muted ? '0' : (feeds[0]?.text ?? '?')}`);
      continue;
    }
    const term = termOf(type, feeds, functionName(node, blocks));
    if ((uses.get(id) ?? 0) < 2) {
      terms.set(id, term);
      continue;
    }
    named += 1;
    const name = named === 1 ? 'h' : `h${named}`;
    lines.push(`${name} = ${term.text}`);
    terms.set(id, { text: name, isSum: false });
  }
  return lines;
}

function termOf(type: string, feeds: readonly Term[], name: string): Term {
  const sign = INFIX[type];
  if (sign !== undefined && feeds.length > 1) {
    const isSum = type !== 'multiply';
    const factors = feeds.map((feed, index) =>
      feed.isSum && (!isSum || (type === 'subtract' && index > 0)) ? `(${feed.text})` : feed.text,
    );
    return { text: factors.join(sign), isSum };
  }
  const list = feeds.map(({ text }) => text).join(', ');
  return { text: type === 'concatenate' ? `[${list}]` : `${name}(${list})`, isSum: false };
}
