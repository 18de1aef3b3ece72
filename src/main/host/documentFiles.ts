import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CallOutput, ParsedInput, WorkspaceEntry } from '../../contract/contract.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { WorkspaceFolder } from '../files/workspaceFolder.ts';
import { writeAtomically } from '../files/writeAtomically.ts';

/** The largest document that is read, in bytes; loading has the same limit in characters. */
const MAXIMUM_BYTES = 64_000_000;

/** What is in a folder of the workspace: folders first, then files, by name; hidden ones are left out. */
export async function listFolder(
  workspace: WorkspaceFolder,
  { folder }: ParsedInput<'workspace/list'>,
): Promise<CallOutput<'workspace/list'>> {
  const absolute = await workspace.resolve(folder);
  const found = await readdir(absolute, { withFileTypes: true });
  const entries = await Promise.all(
    found
      .filter(({ name }) => !name.startsWith('.'))
      .map(async ({ name }): Promise<WorkspaceEntry[]> => {
        const info = await stat(path.join(absolute, name)).catch(() => undefined);
        // A link that leads nowhere is nothing to open.
        if (info === undefined) return [];
        return [
          {
            name,
            path: folder === '' ? name : `${folder}/${name}`,
            kind: info.isDirectory() ? 'folder' : name.endsWith('.json') ? 'document' : 'other',
            size: info.size,
            modified: info.mtimeMs,
          },
        ];
      }),
  );
  const rank = (entry: WorkspaceEntry): number => (entry.kind === 'folder' ? 0 : 1);
  return {
    folder,
    entries: entries.flat().toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en')),
  };
}

/** The text of a document; whether it is one is for the reader to find out. */
export async function readDocument(
  workspace: WorkspaceFolder,
  { path: file }: Pick<ParsedInput<'document/read'>, 'path'>,
): Promise<CallOutput<'document/read'>> {
  const absolute = await workspace.resolve(file);
  const info = await stat(absolute);
  if (info.size > MAXIMUM_BYTES) {
    throw new HostFailure({
      code: 'file/too-large',
      message: `"${file}" is too large for a document.`,
      expected: `at most ${MAXIMUM_BYTES} bytes`,
      received: String(info.size),
    });
  }
  return { path: file, text: await readFile(absolute, 'utf8'), modified: info.mtimeMs };
}

/** Writes a document whole or not at all, and never over a file that somebody else has changed meanwhile. */
export async function writeDocument(
  workspace: WorkspaceFolder,
  { path: file, text, expectedModified }: ParsedInput<'document/write'>,
): Promise<CallOutput<'document/write'>> {
  const absolute = await workspace.resolve(file);
  if (expectedModified !== undefined) await requireUnchanged(file, absolute, expectedModified);
  await mkdir(path.dirname(absolute), { recursive: true });
  await writeAtomically(absolute, text);
  return { path: file, modified: (await stat(absolute)).mtimeMs };
}

/** How old files are now. */
export async function checkDocuments(
  workspace: WorkspaceFolder,
  { paths }: ParsedInput<'document/check'>,
): Promise<CallOutput<'document/check'>> {
  const files = await Promise.all(
    paths.map(async (file) => {
      const info = await stat(await workspace.resolve(file)).catch(() => undefined);
      return { path: file, modified: info?.mtimeMs ?? null };
    }),
  );
  return { files };
}

async function requireUnchanged(file: string, absolute: string, expected: number | null): Promise<void> {
  const info = await stat(absolute).catch(() => undefined);
  // A file that was deleted meanwhile is simply written again.
  if (info === undefined || info.mtimeMs === expected) return;
  throw new HostFailure(
    expected === null
      ? {
          code: 'file/exists',
          message: `"${file}" exists already.`,
          remedy: 'Choose another name, or replace it.',
        }
      : {
          code: 'file/changed',
          message: `"${file}" was changed by another program since it was opened.`,
          remedy: 'Save under another name, or replace what is there.',
        },
  );
}
