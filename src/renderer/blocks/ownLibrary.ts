import { createStore } from 'zustand/vanilla';
import type { LibraryBlock } from '../../contract/documents.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import { BLOCK_FORMAT, BlockId, FORMAT_VERSION, type BlockDocument } from '../../graph-engine/document/schema.ts';
import type { BlockDefinition, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { fileNameFor } from '../files/fileNames.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';

/** The blocks that the user has published, as the host lists them. */
export const ownLibraryStore = createStore<{ readonly blocks: readonly LibraryBlock[] }>()(() => ({ blocks: [] }));

/** Reads the library anew. */
export async function refreshLibrary(connection: ManagedConnection): Promise<void> {
  const answer = await connection.call('library/list', {});
  if (answer.ok) ownLibraryStore.setState({ blocks: answer.value.blocks });
}

/** From now on knows the user's own blocks, also those that came into the folder otherwise while the host was away. */
export function followLibrary(connection: ManagedConnection): void {
  connection.onState((state) => {
    if (state === 'open') void refreshLibrary(connection);
  });
  if (connection.state === 'open') void refreshLibrary(connection);
}

/** The id under which the library keeps a block of that name; nothing where no id can be made of it. */
export function idOf(name: string): BlockId | undefined {
  const parsed = BlockId.safeParse(
    fileNameFor(name, '.json')
      .replace(/\.json$/, '')
      .replace(/^[^a-z]+/, ''),
  );
  return parsed.success ? parsed.data : undefined;
}

/** A block of a document with everything it uses, as the library keeps it. */
export function libraryDocument(
  document: SkipwireDocument,
  block: BlockId,
  as: { readonly id: BlockId; readonly name: string; readonly description: string },
): BlockDocument {
  const used: Record<BlockId, BlockDefinition> = {};
  const collect = (definition: BlockDefinition): void => {
    for (const [, node] of nodesOf(definition.graph)) {
      if (!('block' in node) || used[node.block] !== undefined) continue;
      const inner = document.blocks[node.block];
      if (inner === undefined) continue;
      used[node.block] = inner;
      collect(inner);
    }
  };
  const definition = document.blocks[block];
  if (definition === undefined) throw new Error(`There is no block "${block}"`);
  collect(definition);
  const { description: _before, ...others } = definition;
  const described = as.description.trim();
  return {
    format: `${BLOCK_FORMAT}@${FORMAT_VERSION}`,
    id: as.id,
    block: { ...others, name: as.name, ...(described !== '' && { description: described }) },
    blocks: used,
  };
}
