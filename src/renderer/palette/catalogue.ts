import { z } from 'zod';
import type { OpDefinition, OpFamily } from '../../graph-engine/core/opDefinition.ts';
import type { LibraryBlock } from '../../contract/documents.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../../graph-engine/document/blockPorts.ts';
import type { Scope } from '../../graph-engine/document/graphs.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import { loadBlock, loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { BlockDefinition, BlockDocument, BlockId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { opDefinitions } from '../../graph-engine/ops/index.ts';
import { ownLibraryStore } from '../blocks/ownLibrary.ts';

/** Something that can be put on the canvas. */
export type CatalogueItem = {
  /** Stable: used for test ids, drag data and keys. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
} & (
  | { readonly kind: 'op'; readonly op: OpDefinition }
  | {
      readonly kind: 'library';
      readonly library: BlockDocument;
      readonly picture?: string;
      /** Published by the user. */
      readonly isOwn?: true;
    }
  | { readonly kind: 'block'; readonly block: BlockId; readonly definition: BlockDefinition }
);

/** A network that can be opened as a new document. */
export interface NetworkTemplate {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Reads the document: only what is opened is worth checking. */
  load(): SkipwireDocument;
}

export const FAMILY_TITLES: Readonly<Record<OpFamily, string>> = {
  input: 'Input',
  convolution: 'Convolution',
  embedding: 'Embedding',
  attention: 'Attention',
  normalization: 'Normalization',
  activation: 'Activation',
  merge: 'Merge',
  pooling: 'Pooling',
  arrangement: 'Arrangement',
  dense: 'Dense',
  regularization: 'Regularization',
  foreign: 'Kept from a file',
  output: 'Output',
};

function opItem(op: OpDefinition): CatalogueItem {
  const { title, summary, keywords = [] } = op.documentation;
  const inputs = [...op.inputs, ...(op.optionalInputs ?? [])];
  return {
    id: op.type,
    title,
    summary,
    keywords: [...keywords, op.type, FAMILY_TITLES[op.family]],
    inputs,
    outputs: op.outputs,
    kind: 'op',
    op,
  };
}

function blockFacts(definition: BlockDefinition) {
  const ports = blockPorts(definition.graph);
  return {
    title: definition.name,
    summary: definition.description ?? '',
    keywords: ['block', definition.source ?? ''],
    inputs: ports.inputs.map((port) => port.name),
    outputs: ports.outputs.map((port) => port.name),
  };
}

/** Every op that can stand in a scope: block ports only inside blocks, inputs and outputs of the network only outside. */
export function opItems(scope: Scope): readonly CatalogueItem[] {
  const isPort = (op: OpDefinition): boolean => op.type === BLOCK_INPUT || op.type === BLOCK_OUTPUT;
  const isEnd = (op: OpDefinition): boolean => op.family === 'output' || op.family === 'input';
  return opDefinitions.filter((op) => (scope === null ? !isPort(op) : isPort(op) || !isEnd(op))).map(opItem);
}

type WithBlocks = Pick<SkipwireDocument, 'blocks'>;

/** Whether a block contains another one, at any depth, or is it. */
export function usesBlock({ blocks }: WithBlocks, block: BlockId, wanted: BlockId): boolean {
  const seen = new Set<BlockId>();
  const pending = [block];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (id === wanted) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    const definition = blocks[id];
    if (definition === undefined) continue;
    for (const [, node] of nodesOf(definition.graph)) if ('block' in node) pending.push(node.block);
  }
  return false;
}

/** The document's own blocks, without those that would contain themselves here. */
export function documentBlockItems(document: WithBlocks, scope: Scope): readonly CatalogueItem[] {
  return (Object.entries(document.blocks) as [BlockId, BlockDefinition][])
    .filter(([id]) => scope === null || !usesBlock(document, id, scope))
    .map(([id, definition]) => ({
      ...blockFacts(definition),
      id: `block-${id}`,
      kind: 'block',
      block: id,
      definition,
    }));
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/, '');
}

function readLibrary(): readonly CatalogueItem[] {
  const files = import.meta.glob<string>('../../../templates/blocks/*.json', {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  return Object.entries(files).map(([path, text]) => {
    const loaded = loadBlock(text);
    if (!loaded.ok) throw new Error(`The shipped block ${path} cannot be read: ${loaded.error[0]?.message ?? ''}`);
    const library = loaded.value;
    return { ...blockFacts(library.block), id: fileName(path), kind: 'library' as const, library };
  });
}

/** Where to begin comes first; the rest by name. */
const FIRST_NETWORKS: readonly string[] = ['first-residual', 'resnet-20', 'plain-20', 'resnet-18', 'resnet-50'];

const Label = z.object({ name: z.string(), description: z.string().default('') });

function loadShipped(path: string, text: string): SkipwireDocument {
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error(`The shipped network ${path} cannot be read: ${loaded.error[0]?.message ?? ''}`);
  return loaded.value;
}

function readNetworks(): readonly NetworkTemplate[] {
  const files = import.meta.glob<string>('../../../templates/networks/*.json', {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const natural = new Intl.Collator('en', { numeric: true });
  const place = ({ id }: NetworkTemplate): number => {
    const index = FIRST_NETWORKS.indexOf(id);
    return index === -1 ? FIRST_NETWORKS.length : index;
  };
  return Object.entries(files)
    .map(([path, text]) => {
      const { name, description } = Label.parse(JSON.parse(text));
      return { id: fileName(path), name, description, load: () => loadShipped(path, text) };
    })
    .sort((a, b) => place(a) - place(b) || natural.compare(a.name, b.name));
}

let library: readonly CatalogueItem[] | undefined;
let networks: readonly NetworkTemplate[] | undefined;

/** The blocks that are shipped. */
export function libraryItems(): readonly CatalogueItem[] {
  return (library ??= readLibrary());
}

/** The blocks the user has published, with their pictures. */
export function ownItems(blocks: readonly LibraryBlock[]): readonly CatalogueItem[] {
  return blocks.map(({ document, picture }) => ({
    ...blockFacts(document.block),
    id: `own-${document.id}`,
    kind: 'library' as const,
    library: document,
    isOwn: true as const,
    ...(picture !== null && { picture }),
  }));
}

/** The networks that are shipped. */
export function networkTemplates(): readonly NetworkTemplate[] {
  return (networks ??= readNetworks());
}

/** Everything that can be put into a scope: ops, the document's blocks, library blocks it does not have yet. */
export function catalogue(document: SkipwireDocument, scope: Scope): readonly CatalogueItem[] {
  const local = documentBlockItems(document, scope);
  const owned = new Set(Object.keys(document.blocks));
  const offered = libraryItems().filter((item) => item.kind === 'library' && !owned.has(item.library.id));
  return [...opItems(scope), ...local, ...ownItems(ownLibraryStore.getState().blocks), ...offered];
}

/** Words a search looks at. */
export function searchWords(item: CatalogueItem): { readonly name: string; readonly others: readonly string[] } {
  return { name: item.title, others: item.keywords };
}
