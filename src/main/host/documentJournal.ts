import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { JournalEntry } from '../../contract/documents.ts';
import type { Caller, CallOutput, ParsedInput } from '../../contract/contract.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { makePrivateFolder, privateFolder, type WorkspaceFolder } from '../files/workspaceFolder.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { createJournalHolders } from './journalHolders.ts';

/** `editor`: who wrote it; older entries do not say. */
const Kept = JournalEntry.extend({ text: z.string(), editor: z.string().optional() });
type Kept = z.infer<typeof Kept>;

/** Unsaved work of open documents, so that it outlives the editor, the browser and the host. */
export interface DocumentJournal {
  /** Keeps what an open document has beyond its file. */
  write(entry: ParsedInput<'journal/write'>, caller: Caller): Promise<CallOutput<'journal/write'>>;
  /** Forgets a document that was saved, or closed on purpose. */
  remove(entry: ParsedInput<'journal/remove'>, caller: Caller): Promise<CallOutput<'journal/remove'>>;
  /** What was left behind, the last one first. */
  list(asked: ParsedInput<'journal/list'>, caller: Caller): Promise<CallOutput<'journal/list'>>;
  /** One document with its content. */
  read(entry: ParsedInput<'journal/read'>, caller: Caller): Promise<CallOutput<'journal/read'>>;
}

/**
 * Keeps one file for each document, and knows which editor has it open: work that another editor is at is not offered, nor that of
 * one whose connection broke a moment ago. `now` is the time in milliseconds.
 */
export function createDocumentJournal(workspace: WorkspaceFolder, now: () => number = Date.now): DocumentJournal {
  const folder = path.join(privateFolder(workspace), 'journal');
  const holders = createJournalHolders(now);
  const editors = new WeakMap<Caller, string>();
  const entryFile = (id: string): string => path.join(folder, `${id}.json`);

  /** Throws a `HostFailure` when another editor has it open. */
  const demandFree = (id: string, caller: Caller): void => {
    if (!holders.isOpenElsewhere(id, editors.get(caller))) return;
    throw new HostFailure({
      code: 'journal/open-elsewhere',
      message: 'Another editor has this document open.',
      remedy: 'Save it there, or close that editor.',
    });
  };

  return {
    async write({ id, name, file, text, editor }, caller) {
      if (editor !== undefined) editors.set(caller, editor);
      holders.hold(id, editor, caller);
      await makePrivateFolder(workspace, 'journal');
      const kept: Kept = { id, name, file, saved: now(), text, ...(editor !== undefined && { editor }) };
      await writeAtomically(entryFile(id), JSON.stringify(kept));
      return {};
    },

    async remove({ id }, caller) {
      demandFree(id, caller);
      holders.release(id);
      await rm(entryFile(id), { force: true });
      return {};
    },

    async list({ editor }, caller) {
      if (editor !== undefined) editors.set(caller, editor);
      const names = (await readdir(folder).catch(() => [])).filter((name) => /^[^.].*\.json$/.test(name));
      const entries = (await Promise.all(names.map((name) => readEntry(path.join(folder, name))))).filter(
        (entry) => entry !== undefined,
      );
      // An editor knows its own windows.
      const isFree = (entry: Kept): boolean => entry.editor === editor || holders.untilFree(entry.id) === 0;
      const again = Math.min(...entries.filter((entry) => !isFree(entry)).map(({ id }) => holders.untilFree(id)));
      return {
        entries: entries
          .filter(isFree)
          .map(({ id, name, file, saved }) => ({ id, name, file, saved, isOpen: holders.isOpen(id) }))
          .toSorted((a, b) => b.saved - a.saved),
        again: again === Infinity ? null : again,
      };
    },

    async read({ id }, caller) {
      demandFree(id, caller);
      const entry = await readEntry(entryFile(id));
      if (entry === undefined) {
        throw new HostFailure({ code: 'journal/missing', message: 'This unsaved work is not there any more.' });
      }
      const { name, file, saved, text } = entry;
      return { id, name, file, saved, text };
    },
  };
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
