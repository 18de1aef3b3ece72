import { BLOCK_INPUT, BLOCK_OUTPUT } from '../../document/blockPorts.ts';
import {
  DOCUMENT_FORMAT,
  FORMAT_VERSION,
  SkipwireDocument,
  type BlockDefinition,
  type BlockId,
  type Graph,
  type GraphNode,
  type NodeId,
  type Wire,
} from '../../document/schema.ts';
import type { Folded, FoldedRun } from './foldRepeats.ts';
import type { DrawnNode, DrawnWeight, Source } from './drawnNode.ts';
import { commonModules, legalName, uniqueNames, wishFor } from './nameNodes.ts';
import { placeNodes } from './placeNodes.ts';
import { shareBlocks, type BlockUse } from './shareBlocks.ts';

interface Written {
  readonly document: SkipwireDocument;
  readonly weights: ReadonlyMap<string, DrawnWeight>;
  readonly blocks: number;
}

export interface WrittenOf {
  /** All that is drawn, blocks written out. */
  readonly nodes: readonly DrawnNode[];
  readonly name: string;
  /** What the document says about itself. */
  readonly about: readonly string[];
}

/** Writes drawn nodes, some of them folded, as a document, and their weights under the names that the network gives them. */
export function writeDocument(items: readonly Folded[], { nodes, name, about }: WrittenOf): Written {
  // What all of it lies in, such as a wrapper round the network, tells nothing apart.
  const around = commonModules(nodes);
  const names = uniqueNames(items.map((item) => wishForItem(item, around)));
  const weights = new Map<string, DrawnWeight>();
  const blocks: Record<string, BlockDefinition> = {};
  const graph: Graph = { nodes: {} };
  const written = new Map<DrawnNode, (port: string) => Wire>();
  const wireOf = ({ node, port }: Source): Wire => {
    const found = written.get(node);
    if (found === undefined) throw new Error('A node is used before it is written');
    return found(port);
  };
  const shared = shareBlocks(items);
  const definitions = new Map<string, WrittenBlock>();
  const blockIds = new Set<string>();
  for (const [i, item] of items.entries()) {
    const own = (names[i] ?? 'node') as NodeId;
    if (!('times' in item)) {
      graph.nodes[own] = writeNode(item, wireOf);
      written.set(item, (port) => ({ node: own, port }));
      for (const [weight, value] of Object.entries(item.weights)) weights.set(`${own}.${weight}`, value);
      continue;
    }
    const use = shared.get(item);
    if (use === undefined) throw new Error('A run has no block');
    let block = definitions.get(use.key);
    if (block === undefined) {
      const [id = 'block'] = uniqueNames([legalName(`${own}-block`)], blockIds);
      definitions.set(use.key, (block = { id, ...writeBlock(item, own, use) }));
      blocks[id] = block.definition;
    }
    const { local } = block;
    const exit = item.times[0]?.indexOf(item.exit.node) ?? 0;
    graph.nodes[own] = {
      block: block.id as BlockId,
      ...(item.times.length > 1 && { repeat: item.times.length }),
      parameters: { ...use.values },
      inputs: Object.fromEntries([item.entry, ...item.shared].map((source, port) => [portName(port), wireOf(source)])),
      position: { x: 0, y: 0 },
    };
    for (const [time, inner] of item.times.entries()) {
      const path = item.times.length > 1 ? `${own}[${time}]` : own;
      for (const [place, node] of inner.entries()) {
        if (place === exit) written.set(node, () => ({ node: own, port: 'output' }));
        for (const [weight, value] of Object.entries(node.weights)) {
          weights.set(`${path}.${local[place] ?? ''}.${weight}`, value);
        }
      }
    }
  }
  placeNodes(graph);
  const description = about
    .filter((text) => text !== '')
    .join('\n\n')
    .slice(0, 8000);
  const document = SkipwireDocument.parse({
    format: `${DOCUMENT_FORMAT}@${FORMAT_VERSION}`,
    name: name.slice(0, 120),
    ...(description === '' ? {} : { description }),
    graph,
    blocks,
  });
  return { document, weights, blocks: Object.keys(blocks).length };
}

function wishForItem(item: Folded, around: readonly string[]): string {
  if (!('times' in item)) return wishFor(item, around);
  const modules = commonModules(item.times.flat()).filter((part) => part !== '');
  const own = modules.length > around.length ? modules.slice(around.length) : modules;
  return own.length === 0 ? 'blocks' : legalName(own.join('-'));
}

function writeNode(node: DrawnNode, wireOf: (source: Source) => Wire): GraphNode {
  return {
    op: node.op,
    parameters: { ...node.parameters },
    inputs: Object.fromEntries(Object.entries(node.inputs).map(([port, source]) => [port, wireOf(source)])),
    position: { x: 0, y: 0 },
  };
}

function portName(index: number): string {
  return index === 0 ? 'input' : `input${index + 1}`;
}

interface WrittenBlock {
  readonly id: string;
  readonly definition: BlockDefinition;
  /** Names of its nodes by their places. */
  readonly local: readonly string[];
}

/** A block out of the first time of a run, with the parameters in which its uses differ. */
function writeBlock(run: FoldedRun, name: string, use: BlockUse): Omit<WrittenBlock, 'id'> {
  const [first = []] = run.times;
  const modules = commonModules(first);
  const taken = new Set(['input', 'output', ...run.shared.map((_, i) => portName(i + 1))]);
  const local = uniqueNames(
    first.map((node) => wishFor(node, modules)),
    taken,
  );
  const graph: Graph = { nodes: {} };
  const outside = [run.entry, ...run.shared];
  for (const i of outside.keys()) {
    const parameters: Record<string, number> = i === 0 ? {} : { order: i };
    graph.nodes[portName(i) as NodeId] = { op: BLOCK_INPUT, parameters, inputs: {}, position: { x: 0, y: 0 } };
  }
  const wireOf = (source: Source): Wire => {
    const inside = first.indexOf(source.node);
    if (inside >= 0) return { node: (local[inside] ?? '') as NodeId, port: source.port };
    const entered = outside.findIndex((one) => one.node === source.node && one.port === source.port);
    return { node: portName(entered) as NodeId, port: 'output' };
  };
  for (const [i, node] of first.entries()) {
    const parameters = { ...node.parameters, ...use.expressions.get(i) };
    graph.nodes[(local[i] ?? '') as NodeId] = writeNode({ ...node, parameters }, wireOf);
  }
  graph.nodes['output' as NodeId] = {
    op: BLOCK_OUTPUT,
    parameters: {},
    inputs: { input: wireOf(run.exit) },
    position: { x: 0, y: 0 },
  };
  placeNodes(graph);
  return { definition: { name: name.slice(0, 64), parameters: [...use.parameters], graph }, local };
}
