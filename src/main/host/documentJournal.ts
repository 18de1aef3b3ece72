import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { JournalEntry } from '../../contract/documents.ts';
import type { CallOutput, ParsedInput } from '../../contract/contract.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { makePrivateFolder, privateFolder, type WorkspaceFolder } from '../files/workspaceFolder.ts';
import { writeAtomically } from '../files/writeAtomically.ts';

const Kept = JournalEntry.extend({ text: z.string() });
type Kept = z.infer<typeof Kept>;

/** Unsaved work of open documents, one file each, so that it outlives the editor, the browser and the host. */
function entryFile(workspace: WorkspaceFolder, id: string): string {
  return path.join(privateFolder(workspace), 'journal', `${id}.json`);
}

async function readEntry(file: string): Promise<Kept | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    // Entries are written whole or not at all, so this is somebody else's file.
    return undefined;
  }
}

/** Keeps what an open document has beyond its file. */
export async function writeJournal(
  workspace: WorkspaceFolder,
  { id, name, file, text }: ParsedInput<'journal/write'>,
): Promise<CallOutput<'journal/write'>> {
  const target = entryFile(workspace, id);
  await makePrivateFolder(workspace, 'journal');
  await writeAtomically(target, JSON.stringify({ id, name, file, saved: Date.now(), text } satisfies Kept));
  return {};
}

/** Forgets a document that was saved, or closed on purpose. */
export async function removeJournal(
  workspace: WorkspaceFolder,
  { id }: ParsedInput<'journal/remove'>,
): Promise<CallOutput<'journal/remove'>> {
  await rm(entryFile(workspace, id), { force: true });
  return {};
}

/** What is kept, the last one first. */
export async function listJournal(workspace: WorkspaceFolder): Promise<CallOutput<'journal/list'>> {
  const folder = path.join(privateFolder(workspace), 'journal');
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  const entries = await Promise.all(files.map((name) => readEntry(path.join(folder, name))));
  return {
    entries: entries
      .filter((entry) => entry !== undefined)
      .map(({ id, name, file, saved }) => ({ id, name, file, saved }))
      .sort((a, b) => b.saved - a.saved),
  };
}

/** One document of the journal with its content. */
export async function readJournal(
  workspace: WorkspaceFolder,
  { id }: ParsedInput<'journal/read'>,
): Promise<CallOutput<'journal/read'>> {
  const entry = await readEntry(entryFile(workspace, id));
  if (entry !== undefined) return entry;
  throw new HostFailure({ code: 'journal/missing', message: 'This unsaved work is not there any more.' });
}
