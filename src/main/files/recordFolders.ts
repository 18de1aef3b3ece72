import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { RunId } from '../../contract/run.ts';
import { liesWithin } from './workspaceFolder.ts';

/**
 * Names of the folders below `folder` that may hold a run or a sweep; none where there is no such folder. With `within`,
 * what a symbolic link leads to outside that folder is left out: it is nobody's to be read, mended or gone on with.
 */
export async function recordFolders(folder: string, within?: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const named = entries.filter(({ name }) => RunId.safeParse(name).success);
  if (within === undefined) return named.map(({ name }) => name);
  if (named.length > 0 && !(await liesWithin(within, folder))) return [];
  const inside = await Promise.all(
    named.map(async (entry) => !entry.isSymbolicLink() || liesWithin(within, path.join(folder, entry.name))),
  );
  return named.filter((_, index) => inside[index]).map(({ name }) => name);
}
