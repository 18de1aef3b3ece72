import type { HostProblem } from '../../contract/contract.ts';
import type { LibraryBlock } from '../../contract/documents.ts';
import type { BlockId } from '../../graph-engine/document/schema.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { renameKept } from '../palette/favourites.ts';
import { showToast } from '../ui/Toast.tsx';
import { refreshLibrary } from './ownLibrary.ts';

/** Puts a block back that was taken out, as it was. */
async function putBack(connection: ManagedConnection, { document, picture }: LibraryBlock): Promise<void> {
  const answer = await connection.call('library/write', { document, picture });
  if (answer.ok) await refreshLibrary(connection);
  else showToast({ tone: 'danger', title: 'Not put back', description: answer.problem.message });
}

/** Takes a block out of the user's library, and offers to put it back. Returns why that failed, or null. */
export async function removeOwnBlock(connection: ManagedConnection, block: LibraryBlock): Promise<HostProblem | null> {
  const answer = await connection.call('library/remove', { id: block.document.id });
  if (!answer.ok) return answer.problem;
  await refreshLibrary(connection);
  showToast({
    title: `“${block.document.block.name}” is out of your library`,
    description: 'Networks that use it keep their copy.',
    action: { label: 'Put it back', onSelect: () => void putBack(connection, block) },
    timeout: 12_000,
  });
  return null;
}

/** What a block of the library is called from now on. */
export interface OwnBlockWords {
  readonly id: BlockId;
  readonly name: string;
  readonly description: string;
  /** Whether another block of that id may be overwritten. */
  readonly replace: boolean;
}

/** Calls a block of the user's library something else. Returns why that failed, or null; then nothing has changed. */
export async function renameOwnBlock(
  connection: ManagedConnection,
  { document, picture }: LibraryBlock,
  { id, name, description, replace }: OwnBlockWords,
): Promise<HostProblem | null> {
  const { description: _before, ...others } = document.block;
  const described = description.trim();
  const renamed = {
    ...document,
    id,
    block: { ...others, name, ...(described !== '' && { description: described }) },
  };
  const sameFile = id === document.id;
  const answer = await connection.call('library/write', {
    document: renamed,
    picture,
    replace: sameFile || replace,
  });
  if (!answer.ok) return answer.problem;
  // Only when the new file is there may the old one go.
  const removed = sameFile ? { ok: true as const } : await connection.call('library/remove', { id: document.id });
  if (!sameFile) renameKept(`own-${document.id}`, `own-${id}`);
  await refreshLibrary(connection);
  if (!removed.ok) return removed.problem;
  showToast({ tone: 'success', title: `“${name}” is in your library` });
  return null;
}
