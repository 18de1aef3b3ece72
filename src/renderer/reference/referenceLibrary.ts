import type { BlockDefinition, BlockId, GraphNode, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { Library } from '../../graph-engine/reference/pageEntries.ts';
import type { PageRef } from '../../graph-engine/reference/referencePage.ts';
import { libraryItems, networkTemplates, ownItems } from '../palette/catalogue.ts';
import { ownLibraryStore } from '../blocks/ownLibrary.ts';

/** What the reference is about: what is shipped, what the user has published, and the blocks that only this document has. */
export function referenceLibrary(document: SkipwireDocument): Library {
  const items = [...libraryItems(), ...ownItems(ownLibraryStore.getState().blocks)];
  const libraries = new Map(
    items.flatMap((item) => (item.kind === 'library' ? [[item.library.id, item.library]] : [])),
  );
  const listed = [...libraries.values()];
  const known = new Set<string>(listed.map(({ id }) => id));
  const own = (Object.entries(document.blocks) as [BlockId, BlockDefinition][])
    .filter(([id]) => !known.has(id))
    .map(([id, block]) => ({ format: 'skipwire/block@1' as const, id, block, blocks: document.blocks }));
  return { blocks: [...listed, ...own], networks: networkTemplates() };
}

/** The page about a node. */
export function pageOfNode(node: GraphNode): PageRef {
  return 'op' in node ? { kind: 'op', id: node.op } : { kind: 'block', id: node.block };
}
