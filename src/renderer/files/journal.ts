import type { JournalEntry, LeftEntry } from '../../contract/documents.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { documentsHeldElsewhere } from '../store/documentLocks.ts';
import { documentStore, openDocument, type DocumentId, type DocumentTab } from '../store/documentStore.ts';
import { editorId } from './editorId.ts';
import { fileDialogStore, showFileDialog } from './fileDialog.ts';

/** Half of what may be lost at most: the other half is for the way to the disk. */
const DELAY_MILLISECONDS = 1000;
/** Clocks differ by a little. */
const MARGIN = 1000;
/** When a dialog that is open is looked for again. */
const BUSY = 5000;

/** What each entry of the journal was last written from; `null` when that was before this page. */
const written = new Map<DocumentId, DocumentTab | null>();
let going: Promise<void> = Promise.resolve();

async function write(connection: ManagedConnection, tab: DocumentTab): Promise<void> {
  const { id, name, file, document } = tab;
  const text = serializeDocument(document);
  const answer = await connection.call('journal/write', { id, name, file, text, editor: editorId() });
  if (answer.ok) written.set(id, tab);
}

async function remove(connection: ManagedConnection, id: DocumentId): Promise<void> {
  const answer = await connection.call('journal/remove', { id });
  if (answer.ok) written.delete(id);
}

/** Brings the journal up to date: what is unsaved is in it, what was saved or closed is not. What is `offered` stays as it is. */
async function writeAll(connection: ManagedConnection, offered: ReadonlySet<DocumentId>): Promise<void> {
  const { tabs } = documentStore.getState();
  const unsaved = tabs.filter(({ dirty, id }) => dirty && !offered.has(id));
  const kept = new Set([...offered, ...unsaved.map(({ id }) => id)]);
  await Promise.all([
    ...unsaved.filter((tab) => written.get(tab.id) !== tab).map((tab) => write(connection, tab)),
    ...[...written.keys()].filter((id) => !kept.has(id)).map((id) => remove(connection, id)),
  ]);
}

/** Writes the journal now; one writing at a time, so that an older one cannot come last. */
function writeNow(connection: ManagedConnection, offered: ReadonlySet<DocumentId> = new Set()): Promise<void> {
  going = going.then(() => writeAll(connection, offered));
  return going;
}

/** What was left behind, and in how many milliseconds there may be more of it. */
interface LeftWork {
  readonly entries: readonly JournalEntry[];
  readonly again: number | null;
}

/**
 * What the host kept of documents that no window has open with that content. `restored` says how old the drafts were from
 * which open documents came back: a browser that is killed may not have written its last ones down.
 */
async function lostWork(connection: ManagedConnection, restored: ReadonlyMap<DocumentId, number>): Promise<LeftWork> {
  const answer = await connection.call('journal/list', { editor: editorId() });
  if (!answer.ok) return { entries: [], again: null };
  const elsewhere = await documentsHeldElsewhere();
  const entries: JournalEntry[] = [];
  for (const { isOpen, ...entry } of answer.value.entries) {
    if (elsewhere.has(entry.id)) continue;
    if (await isLost(connection, entry, isOpen, restored)) entries.push(entry);
  }
  return { entries, again: answer.value.again };
}

async function isLost(
  connection: ManagedConnection,
  { id, saved }: JournalEntry,
  isOpen: LeftEntry['isOpen'],
  restored: ReadonlyMap<DocumentId, number>,
): Promise<boolean> {
  const open = documentStore.getState().tabs.find((tab) => tab.id === id);
  // Another window of this browser has it, where windows cannot tell one another so.
  if (open === undefined) return !isOpen;
  written.set(id, null);
  if (saved <= (restored.get(id) ?? Infinity)) return false;
  const kept = await connection.call('journal/read', { id });
  return kept.ok && kept.value.text !== serializeDocument(open.document);
}

/** Opens unsaved work again, as a document of its own with its file; false when it cannot be read. */
export async function recover(connection: ManagedConnection, entry: JournalEntry): Promise<boolean> {
  const answer = await connection.call('journal/read', { id: entry.id });
  if (!answer.ok) return false;
  const loaded = loadDocument(answer.value.text);
  if (!loaded.ok) return false;
  openDocument(loaded.value, answer.value.file, true);
  // Only when it lies in the journal under its new name may the old entry go.
  await writeNow(connection);
  await forget(connection, entry);
  return true;
}

/** Throws unsaved work away. */
export async function forget(connection: ManagedConnection, { id }: JournalEntry): Promise<void> {
  await connection.call('journal/remove', { id });
}

/**
 * From now on keeps unsaved work with the host, at most a second old, and offers what was left there by an editor that died.
 * Call once, after the drafts were restored.
 */
export function followJournal(connection: ManagedConnection, restored: ReadonlyMap<DocumentId, number>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const writeSoon = (): void => {
    // Not put off again by the next edit.
    timer ??= setTimeout(() => {
      timer = undefined;
      void writeNow(connection);
    }, DELAY_MILLISECONDS);
  };
  documentStore.subscribe((state, before) => {
    if (state.tabs !== before.tabs) writeSoon();
  });
  let drafts = restored;
  let later: ReturnType<typeof setTimeout> | undefined;
  const offer = async (): Promise<void> => {
    clearTimeout(later);
    const { entries, again } = await lostWork(connection, drafts);
    drafts = new Map();
    // What another editor had until a moment ago, and may come back to.
    if (again !== null) later = setTimeout(offerLater, again + MARGIN);
    if (entries.length > 0) showFileDialog({ kind: 'recovery', entries });
    await writeNow(connection, new Set(entries.map(({ id }) => id)));
  };
  const offerLater = (): void => {
    if (connection.state !== 'open') return;
    // Whoever is at something else is asked when that is done.
    if (fileDialogStore.getState().dialog === null) void offer();
    else later = setTimeout(offerLater, BUSY);
  };
  const onOpen = (): void => {
    // A host that was away may not have got what was written last; everything is written anew.
    written.clear();
    void offer();
  };
  connection.onState((state) => {
    if (state === 'open') onOpen();
  });
  if (connection.state === 'open') onOpen();
}
