import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { RecentDocument } from '../../contract/documents.ts';
import { makePrivateFolder, privateFolder, type WorkspaceFolder } from '../files/workspaceFolder.ts';
import { writeAtomically } from '../files/writeAtomically.ts';

const MAXIMUM = 30;
const Kept = z.array(RecentDocument);

/** The files opened or saved lately; kept by the host, so that every window and browser has the same. */
export interface RecentDocuments {
  remember(file: string): Promise<void>;
  /** Those that are still there, the last one first. */
  list(): Promise<RecentDocument[]>;
}

/** Keeps the recent documents of a workspace. */
export function createRecentDocuments(workspace: WorkspaceFolder): RecentDocuments {
  const file = path.join(privateFolder(workspace), 'recent.json');

  async function read(): Promise<RecentDocument[]> {
    try {
      return Kept.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      return [];
    }
  }

  // Two at once would lose one of them.
  let last: Promise<void> = Promise.resolve();

  return {
    remember(opened) {
      last = last
        .then(async () => {
          const others = (await read()).filter((one) => one.path !== opened);
          const next = [{ path: opened, opened: Date.now() }, ...others].slice(0, MAXIMUM);
          await makePrivateFolder(workspace);
          await writeAtomically(file, JSON.stringify(next));
        })
        // A list that cannot be written is no reason to refuse the document.
        .catch(() => undefined);
      return last;
    },
    async list() {
      await last;
      const found = await Promise.all(
        (await read()).map(async (one) => {
          const info = await stat(await workspace.resolve(one.path)).catch(() => undefined);
          return info?.isFile() === true ? [one] : [];
        }),
      );
      return found.flat();
    },
  };
}
