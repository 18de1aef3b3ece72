import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { Command } from '../../graph-engine/document/commands/command.ts';
import { createHistory, type History } from '../../graph-engine/document/history.ts';
import { DOCUMENT_FORMAT, FORMAT_VERSION, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument, type InferredDocument } from '../../graph-engine/infer/inferDocument.ts';

/** What a document is called until it gets a name or is saved to a file. */
export const UNTITLED = 'Untitled network';

/** Which file of the workspace the document lives in, and the file's age when it was last read or written. */
export interface FileIdentity {
  readonly path: string;
  /** Milliseconds since 1970, as the host reported it. */
  readonly modified: number;
}

export interface DocumentState {
  readonly document: SkipwireDocument;
  /** Shapes, costs and diagnostics of `document`; derived, never edited. */
  readonly inferred: InferredDocument;
  readonly file: FileIdentity | null;
  /** Whether there is something that the file does not have. */
  readonly dirty: boolean;
  /** What undo and redo would do; `null` when there is nothing. */
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  /** Raised whenever another document is shown: views forget their selection and viewport. */
  readonly generation: number;
}

/** A document with nothing in it. */
export function emptyDocument(): SkipwireDocument {
  return SkipwireDocument.parse({
    format: `${DOCUMENT_FORMAT}@${FORMAT_VERSION}`,
    name: UNTITLED,
    graph: { nodes: {} },
  });
}

const history: History = createHistory(emptyDocument());

/** The last entry that the file has: `undefined` when the file is the document before any edit, `null` when no file has any of it. */
let savedEntry: object | null | undefined = undefined;
let gestureDepth = 0;

function isDirty(): boolean {
  return savedEntry === null || history.entries[history.position - 1] !== savedEntry;
}

export const documentStore = createStore<DocumentState>()(() => ({
  document: history.document,
  inferred: inferDocument(history.document),
  file: null,
  dirty: false,
  undoLabel: null,
  redoLabel: null,
  generation: 0,
}));

function publish(changes: Partial<DocumentState> = {}): void {
  documentStore.setState({
    document: history.document,
    inferred: inferDocument(history.document),
    dirty: isDirty(),
    undoLabel: history.canUndo ? (history.entries[history.position - 1]?.label ?? null) : null,
    redoLabel: history.canRedo ? (history.entries[history.position]?.label ?? null) : null,
    ...changes,
  });
}

history.subscribe(() => {
  // Within a gesture the views are told once, at its end.
  if (gestureDepth === 0) publish();
});

/** Reads the document store in a component. */
export function useDocument<T>(selector: (state: DocumentState) => T): T {
  return useStore(documentStore, selector);
}

/** The document as it is now, in the middle of a gesture too. */
export function currentDocument(): SkipwireDocument {
  return history.document;
}

/** Runs a command as one step of undo (or as part of the running gesture). */
export function dispatch<Arguments>(command: Command<Arguments>, args: Arguments): void {
  history.dispatch(command, args);
}

/** Runs several commands as one step of undo. An exception leaves the document as it was. */
export function gesture<T>(label: string, edit: () => T): T {
  if (gestureDepth > 0) return edit();
  history.begin(label);
  gestureDepth += 1;
  try {
    const result = edit();
    history.end();
    gestureDepth -= 1;
    publish();
    return result;
  } catch (error) {
    history.bail();
    gestureDepth = 0;
    publish();
    throw error;
  }
}

/** Takes the last step back. */
export function undo(): void {
  history.undo();
}

/** Does the last step taken back again. */
export function redo(): void {
  history.redo();
}

/** Shows another document and forgets the past. `unsaved` says that no file holds this content, as for a restored draft. */
export function openDocument(document: SkipwireDocument, file: FileIdentity | null, unsaved = false): void {
  gestureDepth += 1;
  history.reset(document);
  gestureDepth -= 1;
  savedEntry = unsaved ? null : undefined;
  publish({ file, generation: documentStore.getState().generation + 1 });
}

/** Starts an empty document. */
export function newDocument(): void {
  openDocument(emptyDocument(), null);
}

/** Tells that `document` (as it was handed to the file) is in the file now. Edits made meanwhile stay unsaved. */
export function markSaved(document: SkipwireDocument, file: FileIdentity): void {
  if (document === history.document) savedEntry = history.entries[history.position - 1];
  publish({ file });
}
