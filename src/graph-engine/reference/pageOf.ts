import type { OpDefinition } from '../core/opDefinition.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { nodesOf } from '../document/graphs.ts';
import { opDefinitions } from '../ops/index.ts';
import { blockPage } from './blockPage.ts';
import { networkPage } from './networkPage.ts';
import { opPage } from './opPage.ts';
import type { Library } from './pageEntries.ts';
import type { PageLink, PageRef, ReferencePage } from './referencePage.ts';

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
