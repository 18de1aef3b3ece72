import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { Command } from '../../graph-engine/document/commands/command.ts';
import { createHistory, type History } from '../../graph-engine/document/history.ts';
import { DOCUMENT_FORMAT, FORMAT_VERSION, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument, type InferredDocument } from '../../graph-engine/infer/inferDocument.ts';

/** What a document is called until it gets a name or is saved to a file. */
export const UNTITLED = 'Untitled network';

/** Names an open document for as long as it is open, whatever it is called and wherever it is saved. */
export type DocumentId = string;

/** Which file of the workspace the document lives in, and the file's age when it was last read or written. */
export interface FileIdentity {
  readonly path: string;
  /** Milliseconds since 1970, as the host reported it. */
  readonly modified: number;
}

/** One of the open documents, as its tab shows it. */
export interface DocumentTab {
  readonly id: DocumentId;
  readonly name: string;
  readonly file: FileIdentity | null;
  /** Whether there is something that the file does not have. */
  readonly dirty: boolean;
  readonly document: SkipwireDocument;
}

/** The document that is shown and edited, and the others that are open. */
export interface DocumentState {
  readonly id: DocumentId;
  readonly document: SkipwireDocument;
  /** Shapes, costs and diagnostics of `document`; derived, never edited. */
  readonly inferred: InferredDocument;
  readonly file: FileIdentity | null;
  /** Whether there is something that the file does not have. */
  readonly dirty: boolean;
  /** What undo and redo would do; `null` when there is nothing. */
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  /** What was done, oldest first, with what was undone behind `position`. */
  readonly entries: readonly { readonly label: string }[];
  readonly position: number;
  /** Raised whenever another document is shown. */
  readonly generation: number;
  /** All open documents in the order of their tabs. */
  readonly tabs: readonly DocumentTab[];
}

/** A document with nothing in it. */
export function emptyDocument(): SkipwireDocument {
  return SkipwireDocument.parse({
    format: `${DOCUMENT_FORMAT}@${FORMAT_VERSION}`,
    name: UNTITLED,
    graph: { nodes: {} },
  });
}

interface OpenDocument {
  readonly id: DocumentId;
  readonly history: History;
  file: FileIdentity | null;
  /** The state of the history that the file has; `null` when no file has any of it. */
  savedMark: object | null;
}

let gestureDepth = 0;
/** Large edits whose views are told a little later. */
let held = 0;

function freshId(): DocumentId {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function createOpen(document: SkipwireDocument, file: FileIdentity | null, unsaved: boolean, id = freshId()) {
  const history = createHistory(document);
  const open: OpenDocument = { id, history, file, savedMark: unsaved ? null : history.mark };
  history.subscribe(() => {
    // Within a gesture the views are told once, at its end.
    if (gestureDepth === 0) tellViews();
  });
  return open;
}

let active: OpenDocument = createOpen(emptyDocument(), null, false);
let opened: readonly OpenDocument[] = [active];

function isDirty({ history, savedMark }: OpenDocument): boolean {
  return history.mark !== savedMark;
}

function tabOf(open: OpenDocument, before: readonly DocumentTab[]): DocumentTab {
  const { id, file, history } = open;
  const { document } = history;
  const dirty = isDirty(open);
  const known = before.find((tab) => tab.id === id);
  if (known !== undefined && known.document === document && known.file === file && known.dirty === dirty) return known;
  return { id, name: document.name, file, dirty, document };
}

function tabsNow(before: readonly DocumentTab[]): readonly DocumentTab[] {
  const tabs = opened.map((open) => tabOf(open, before));
  return tabs.length === before.length && tabs.every((tab, index) => tab === before[index]) ? before : tabs;
}

function stateNow(before: readonly DocumentTab[], generation: number): DocumentState {
  const { id, history, file } = active;
  const { document, entries, position, canUndo, canRedo } = history;
  return {
    id,
    document,
    inferred: inferDocument(document),
    file,
    dirty: isDirty(active),
    undoLabel: canUndo ? (entries[position - 1]?.label ?? null) : null,
    redoLabel: canRedo ? (entries[position]?.label ?? null) : null,
    entries,
    position,
    generation,
    tabs: tabsNow(before),
  };
}

export const documentStore = createStore<DocumentState>()(() => stateNow([], 0));

function publish(generation = documentStore.getState().generation): void {
  documentStore.setState(stateNow(documentStore.getState().tabs, generation));
}

function tellViews(): void {
  if (held === 0) publish();
}

function show(next: OpenDocument): void {
  active = next;
  publish(documentStore.getState().generation + 1);
}

function openNamed(id: DocumentId): OpenDocument | undefined {
  return opened.find((one) => one.id === id);
}

/** Reads the document store in a component. */
export function useDocument<T>(selector: (state: DocumentState) => T): T {
  return useStore(documentStore, selector);
}

/** The document as it is now, in the middle of a gesture too. */
export function currentDocument(): SkipwireDocument {
  return active.history.document;
}

/** Runs a command as one step of undo (or as part of the running gesture). */
export function dispatch<Arguments>(command: Command<Arguments>, args: Arguments): void {
  active.history.dispatch(command, args);
}

/** Runs a command on an open document that need not be the one that is shown. */
export function dispatchTo<Arguments>(id: DocumentId, command: Command<Arguments>, args: Arguments): void {
  openNamed(id)?.history.dispatch(command, args);
}

/** Runs several commands as one step of undo. An exception leaves the document as it was. */
export function gesture<T>(label: string, edit: () => T): T {
  if (gestureDepth > 0) return edit();
  const { history } = active;
  history.begin(label);
  gestureDepth += 1;
  try {
    const result = edit();
    history.end();
    gestureDepth -= 1;
    tellViews();
    return result;
  } catch (error) {
    history.bail();
    gestureDepth = 0;
    tellViews();
    throw error;
  }
}

/**
 * As `gesture`, for an edit of hundreds of nodes: what follows from it is worked out, and then shown, each after a `pause`, so
 * that no frame waits for all of it.
 */
export async function largeGesture(label: string, edit: () => void, pause: () => Promise<void>): Promise<void> {
  held += 1;
  try {
    gesture(label, edit);
    await pause();
    inferDocument(active.history.document);
    await pause();
  } finally {
    held -= 1;
    tellViews();
  }
}

/** Takes the last step back. */
export function undo(): void {
  active.history.undo();
}

/** Does the last step taken back again. */
export function redo(): void {
  active.history.redo();
}

/** Goes to the state after that many steps, back or forth. */
export function goToStep(position: number): void {
  active.history.goTo(position);
}

/** Whether nobody would miss the document: nothing was ever done in it, and it is in no file. */
function isUntouched(open: OpenDocument): boolean {
  return (
    open.file === null &&
    !isDirty(open) &&
    open.history.entries.length === 0 &&
    Object.keys(open.history.document.graph.nodes).length === 0
  );
}

/**
 * Opens a document in a tab of its own and shows it; an untouched empty one makes way for it. `unsaved` says that no file
 * holds this content, as for a restored draft.
 */
export function openDocument(
  document: SkipwireDocument,
  file: FileIdentity | null,
  unsaved = false,
  id?: DocumentId,
): DocumentId {
  const next = createOpen(document, file, unsaved, id);
  const place = opened.indexOf(active);
  opened = opened.toSpliced(isUntouched(active) ? place : place + 1, isUntouched(active) ? 1 : 0, next);
  show(next);
  return next.id;
}

/** Starts an empty document. */
export function newDocument(): void {
  openDocument(emptyDocument(), null);
}

/** Shows another of the open documents. */
export function showDocument(id: DocumentId): void {
  const next = openNamed(id);
  if (next !== undefined && next !== active) show(next);
}

/** Closes a document with everything that was not saved. The one beside it is shown; the last one leaves an empty one. */
export function closeDocument(id: DocumentId): void {
  const place = opened.findIndex((one) => one.id === id);
  if (place === -1) return;
  opened = opened.toSpliced(place, 1);
  if (opened.length === 0) opened = [createOpen(emptyDocument(), null, false)];
  if (active.id !== id) {
    publish();
    return;
  }
  const beside = opened[Math.min(place, opened.length - 1)];
  if (beside !== undefined) show(beside);
}

/** Puts a tab at another place. */
export function moveTab(id: DocumentId, place: number): void {
  const moved = openNamed(id);
  if (moved === undefined) return;
  opened = opened.filter((one) => one !== moved).toSpliced(place, 0, moved);
  publish();
}

/** Tells that `document` (as it was handed to the file) is in the file now. Edits made meanwhile stay unsaved. */
export function markSaved(document: SkipwireDocument, file: FileIdentity, id: DocumentId = active.id): void {
  const open = openNamed(id);
  if (open === undefined) return;
  const { history } = open;
  if (document === history.document) open.savedMark = history.mark;
  open.file = file;
  publish();
}

/** Tells where a document lives now, or how old its file is, without a word about what is saved. */
export function setFile(id: DocumentId, file: FileIdentity): void {
  const open = openNamed(id);
  if (open === undefined) return;
  open.file = file;
  publish();
}
