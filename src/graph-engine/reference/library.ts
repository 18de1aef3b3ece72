import type { OpDefinition } from '../core/opDefinition.ts';
import type { BlockDocument, SkipwireDocument } from '../document/schema.ts';
import { nodesOf } from '../document/graphs.ts';
import { opDefinitions } from '../ops/index.ts';
import { blockPage } from './blockPage.ts';
import { networkPage } from './networkPage.ts';
import { opPage } from './opPage.ts';
import type { PageEntry, PageLink, PageRef, ReferencePage } from './referencePage.ts';

/** A network that is told about; it is read when its page is. */
export interface LibraryNetwork {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  load(): SkipwireDocument;
}

/** What the reference is about, beside the ops. */
export interface Library {
  readonly blocks: readonly BlockDocument[];
  readonly networks: readonly LibraryNetwork[];
}

/** Every page there is, ops in the order of the palette. */
export function pageEntries({ blocks, networks }: Library): readonly PageEntry[] {
  return [
    ...opDefinitions.map(({ type, family, documentation: { title, summary, keywords = [] } }): PageEntry => ({
      kind: 'op',
      id: type,
      title,
      summary,
      family,
      keywords: [...keywords, type, family],
    })),
    ...blocks.map(({ id, block }): PageEntry => ({
      kind: 'block',
      id,
      title: block.name,
      summary: block.description ?? '',
      family: 'block',
      keywords: ['block', id, block.source ?? ''],
    })),
    ...networks.map(({ id, name, description }): PageEntry => ({
      kind: 'network',
      id,
      title: name,
      summary: description,
      family: 'network',
      keywords: ['network', id],
    })),
  ];
}

function usesOp(graph: SkipwireDocument['graph'], type: string): boolean {
  return nodesOf(graph).some(([, node]) => 'op' in node && node.op === type);
}

function usesBlock(graph: SkipwireDocument['graph'], id: string): boolean {
  return nodesOf(graph).some(([, node]) => 'block' in node && node.block === id);
}

/** Ops of the same family, and library blocks that use the op. */
function relatedToOp(op: OpDefinition, { blocks }: Library): readonly PageLink[] {
  const family = opDefinitions
    .filter((other) => other.family === op.family && other.type !== op.type)
    .map(({ type, documentation }): PageLink => ({ text: documentation.title, to: { kind: 'op', id: type } }));
  const users = blocks
    .filter(({ block }) => usesOp(block.graph, op.type))
    .map(({ id, block }): PageLink => ({ text: block.name, to: { kind: 'block', id } }));
  return [...family, ...users];
}

/** Library blocks that contain the block. Networks are not read for it: that would take as long as opening them all. */
function relatedToBlock(id: string, { blocks }: Library): readonly PageLink[] {
  return blocks
    .filter(({ block }) => usesBlock(block.graph, id))
    .map((other): PageLink => ({ text: other.block.name, to: { kind: 'block', id: other.id } }));
}

function withRelated(page: ReferencePage, links: readonly PageLink[]): ReferencePage {
  if (links.length === 0) return page;
  return { ...page, sections: [...page.sections, { title: 'Related', content: [{ kind: 'links', links }] }] };
}

/** The page of an op, a block or a network; `undefined` when there is none. */
export function pageOf({ kind, id }: PageRef, library: Library): ReferencePage | undefined {
  switch (kind) {
    case 'op': {
      const op = opDefinitions.find(({ type }) => type === id);
      return op === undefined ? undefined : withRelated(opPage(op), relatedToOp(op, library));
    }
    case 'block': {
      const block = library.blocks.find((one) => one.id === id);
      return block === undefined ? undefined : withRelated(blockPage(block), relatedToBlock(id, library));
    }
    case 'network': {
      const network = library.networks.find((one) => one.id === id);
      return network === undefined ? undefined : networkPage(network.id, network.load());
    }
  }
}
