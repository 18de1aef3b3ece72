import { BLOCK_INPUT, BLOCK_OUTPUT } from '../../document/blockPorts.ts';
import {
  DOCUMENT_FORMAT,
  FORMAT_VERSION,
  SkipwireDocument,
  type BlockDefinition,
  type Graph,
  type GraphNode,
  type NodeId,
  type Wire,
} from '../../document/schema.ts';
import { foldRepeats, type Folded, type FoldedRun } from './foldRepeats.ts';
import type { DrawnNode, DrawnWeight, Source } from './mapping/mapping.ts';
import { commonModules, legalName, uniqueNames, wishFor } from './nameNodes.ts';
import { placeNodes } from './placeNodes.ts';
import type { SourceModel } from './sourceModel.ts';

interface Written {
  readonly document: SkipwireDocument;
  readonly weights: ReadonlyMap<string, DrawnWeight>;
  readonly blocks: number;
}

/** Writes drawn nodes as a document, and their weights under the names that the network gives them. */
export function writeDocument(
  nodes: readonly DrawnNode[],
  { name, model }: { readonly name: string; readonly model: SourceModel },
): Written {
  const items = foldRepeats(nodes);
  const names = uniqueNames(items.map(wishForItem));
  const weights = new Map<string, DrawnWeight>();
  const blocks: Record<string, BlockDefinition> = {};
  const graph: Graph = { nodes: {} };
  const written = new Map<DrawnNode, (port: string) => Wire>();
  const wireOf = ({ node, port }: Source): Wire => {
    const found = written.get(node);
    if (found === undefined) throw new Error('A node is used before it is written');
    return found(port);
  };
  const blockIds = new Set<string>();
  for (const [i, item] of items.entries()) {
    const own = (names[i] ?? 'node') as NodeId;
    if (!('times' in item)) {
      graph.nodes[own] = writeNode(item, wireOf);
      written.set(item, (port) => ({ node: own, port }));
      for (const [weight, value] of Object.entries(item.weights)) weights.set(`${own}.${weight}`, value);
      continue;
    }
    const [blockId = 'block'] = uniqueNames([legalName(`${own}-block`)], blockIds);
    const { definition, local, exit } = writeBlock(item, own);
    blocks[blockId] = definition;
    graph.nodes[own] = {
      block: blockId as never,
      repeat: item.times.length,
      parameters: {},
      inputs: Object.fromEntries([item.entry, ...item.shared].map((source, port) => [portName(port), wireOf(source)])),
      position: { x: 0, y: 0 },
    };
    for (const [time, inner] of item.times.entries()) {
      for (const [place, node] of inner.entries()) {
        if (place === exit) written.set(node, () => ({ node: own, port: 'output' as never }));
        for (const [weight, value] of Object.entries(node.weights)) {
          weights.set(`${own}[${time}].${local[place] ?? ''}.${weight}`, value);
        }
      }
    }
  }
  placeNodes(graph);
  const about = [model.documentation, model.producer === '' ? '' : `Written by ${model.producer}.`];
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

function wishForItem(item: Folded): string {
  if (!('times' in item)) return wishFor(item);
  const modules = commonModules(item.times.flat()).filter((part) => part !== '');
  return modules.length === 0 ? 'blocks' : legalName(modules.join('-'));
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

/** A block out of the first time of a run; the names of its nodes by their places, and the place of the one that gives out. */
function writeBlock(run: FoldedRun, name: string) {
  const [first = [], second = []] = run.times;
  const modules = commonModules(first);
  const taken = new Set(['input', 'output', ...run.shared.map((_, i) => portName(i + 1))]);
  const local = uniqueNames(
    first.map((node) => wishFor(node, modules)),
    taken,
  );
  const graph: Graph = { nodes: {} };
  const outside = [run.entry, ...run.shared];
  const port = (order: number): GraphNode => ({
    op: BLOCK_INPUT,
    parameters: order === 0 ? {} : { order },
    inputs: {},
    position: { x: 0, y: 0 },
  });
  for (const i of outside.keys()) graph.nodes[portName(i) as NodeId] = port(i);
  const wireOf = (source: Source): Wire => {
    const inside = first.indexOf(source.node);
    if (inside >= 0) return { node: (local[inside] ?? '') as NodeId, port: source.port };
    const entered = outside.findIndex((one) => one.node === source.node && one.port === source.port);
    return { node: portName(entered) as NodeId, port: 'output' };
  };
  for (const [i, node] of first.entries()) graph.nodes[(local[i] ?? '') as NodeId] = writeNode(node, wireOf);
  const { place, port: exitPort } = exitOf(first, second);
  graph.nodes['output' as NodeId] = {
    op: BLOCK_OUTPUT,
    parameters: {},
    inputs: { input: { node: (local[place] ?? '') as NodeId, port: exitPort } },
    position: { x: 0, y: 0 },
  };
  placeNodes(graph);
  const definition: BlockDefinition = { name: name.slice(0, 64), parameters: [], graph };
  return { definition, local, exit: place };
}

/** The node of one time whose value the next one takes. */
function exitOf(first: readonly DrawnNode[], second: readonly DrawnNode[]) {
  for (const node of second) {
    for (const source of Object.values(node.inputs)) {
      const place = first.indexOf(source.node);
      if (place >= 0) return { place, port: source.port };
    }
  }
  throw new Error('Nothing of one time enters the next');
}
