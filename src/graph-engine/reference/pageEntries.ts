import type { BlockDocument, SkipwireDocument } from '../document/schema.ts';
import { opDefinitions } from '../ops/index.ts';
import type { PageEntry } from './referencePage.ts';

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
