import { DOCUMENT_FORMAT, FORMAT_VERSION, SkipwireDocument, type Graph, type NodeId } from '../../document/schema.ts';
import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { opNamed } from '../../ops/index.ts';
import type { DrawnNode, DrawnWeight } from './mapping/mapping.ts';
import { nameNodes } from './nameNodes.ts';
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
  const names = nameNodes(nodes);
  const graph: Graph = { nodes: {} };
  const weights = new Map<string, DrawnWeight>();
  for (const node of nodes) {
    const own = names.get(node) ?? 'node';
    graph.nodes[own as NodeId] = {
      op: node.op,
      parameters: { ...node.parameters },
      inputs: Object.fromEntries(
        Object.entries(node.inputs).map(([port, source]) => [
          port,
          { node: (names.get(source.node) ?? '') as NodeId, port: source.port },
        ]),
      ),
      position: { x: 0, y: 0 },
    };
    for (const [weight, value] of Object.entries(node.weights)) weights.set(`${own}.${weight}`, value);
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
  });
  return { document, weights, blocks: Object.keys(document.blocks).length };
}

/** What a node is called where nothing tells. */
export function plainName(node: DrawnNode): string {
  if (isForeignOp(node.op)) return node.hint ?? 'operator';
  return node.hint ?? opNamed(node.op)?.documentation.shortName ?? node.op;
}
