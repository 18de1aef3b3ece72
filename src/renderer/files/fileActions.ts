import type { HostProblem } from '../../contract/contract.ts';
import { adviseDocument } from '../../graph-engine/advice/adviseDocument.ts';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { renameDocument, replaceDocument } from '../../graph-engine/document/commands/editDocument.ts';
import { loadDocument, type LoadResult } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { documentInPng } from '../../graph-engine/sharing/pngDocument.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import {
  closeDocument,
  dispatch,
  dispatchTo,
  documentStore,
  markSaved,
  newDocument,
  openDocument,
  showDocument,
  UNTITLED,
  type DocumentId,
  type DocumentTab,
} from '../store/documentStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { closeFileDialog, showFileDialog } from './fileDialog.ts';
import { fileNameFor, nameOf } from './fileNames.ts';

/** Codes with which the host refuses to overwrite. */
export const CONFLICT_CODES: ReadonlySet<string> = new Set(['file/exists', 'file/changed']);

/** Closes a document, asking first about unsaved changes. */
export function closeTab(id: DocumentId): void {
  const tab = documentStore.getState().tabs.find((one) => one.id === id);
  if (tab === undefined) return;
  if (!tab.dirty) {
    closeDocument(id);
    return;
  }
  showDocument(id);
  showFileDialog({ kind: 'unsaved', proceed: () => closeDocument(id) });
}

/** Starts an empty document in a tab of its own. */
export function startNew(): void {
  closeFileDialog();
  newDocument();
}

/** What a ready-made document was drawn with is its authors' choice: advice is about what is drawn from now on. */
function withoutAdvice(document: SkipwireDocument): SkipwireDocument {
  const keys = adviseDocument(document).map(({ key }) => key);
  return keys.length === 0 ? document : { ...document, dismissedAdvice: keys.sort() };
}

/** Shows a ready-made document as a new one without a file. */
export function startFrom(document: SkipwireDocument): void {
  closeFileDialog();
  openDocument(withoutAdvice(document), null);
}

/** Lets the user choose a file of the workspace. */
export function chooseFile(): void {
  showFileDialog({ kind: 'open' });
}

/** The open document that lives in a file. */
function tabOfFile(path: string): DocumentTab | undefined {
  return documentStore.getState().tabs.find(({ file }) => file?.path === path);
}

/** Opens a file of the workspace, or shows the tab it is open in. When it cannot be read, says why. */
export async function openPath(connection: ManagedConnection, path: string): Promise<void> {
  const open = tabOfFile(path);
  if (open !== undefined) {
    closeFileDialog();
    showDocument(open.id);
    return;
  }
  const answer = await connection.call('document/read', { path });
  if (!answer.ok) {
    showFileDialog({ kind: 'unreadable', name: path, diagnostics: [asDiagnostic(answer.problem)] });
    return;
  }
  const { text, modified } = answer.value;
  showText(path, text, { path: answer.value.path, modified });
}

/** Takes a document's file as it is now in place of what is shown: one step of undo. Returns why it cannot, or nothing. */
export async function reloadFile(
  connection: ManagedConnection,
  id: DocumentId,
  path: string,
): Promise<readonly Diagnostic[]> {
  const answer = await connection.call('document/read', { path, glance: true });
  if (!answer.ok) return [asDiagnostic(answer.problem)];
  const loaded = loadDocument(answer.value.text);
  if (!loaded.ok) return loaded.error;
  const tabNow = (): DocumentTab | undefined => documentStore.getState().tabs.find((tab) => tab.id === id);
  const before = tabNow();
  if (before === undefined) return [];
  if (serializeDocument(before.document) !== serializeDocument(loaded.value))
    dispatchTo(id, replaceDocument, { document: loaded.value });
  markSaved(tabNow()?.document ?? loaded.value, { path, modified: answer.value.modified }, id);
  return [];
}

/** As `reloadFile`, for a user who asked for it: when the file cannot be read, says why. */
export async function reloadOnRequest(connection: ManagedConnection, id: DocumentId, path: string): Promise<void> {
  const diagnostics = await reloadFile(connection, id, path);
  if (diagnostics.length > 0) showFileDialog({ kind: 'unreadable', name: path, diagnostics });
}

/** Opens the text of a file that is not in the workspace; saving asks for a place. */
export function openText(name: string, text: string): void {
  showText(name, text, null);
}

function showText(name: string, text: string, file: { path: string; modified: number } | null): void {
  showLoaded(name, loadDocument(text), file);
}

/** Shows a document that was read in a tab of its own, or says why it could not be read. */
export function showLoaded(
  name: string,
  loaded: LoadResult<SkipwireDocument>,
  file: { path: string; modified: number } | null,
): void {
  if (!loaded.ok) {
    showFileDialog({ kind: 'unreadable', name, diagnostics: loaded.error });
    return;
  }
  closeFileDialog();
  openDocument(loaded.value, file);
}

/** Opens a file of this computer, as chosen or dropped: a document, or a picture that carries one. */
export async function openLocalFile(file: File): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    const message = 'The file cannot be read. It may have been moved, or it may not be a file.';
    const diagnostics: Diagnostic[] = [{ code: 'file/unreadable', severity: 'error', at: { path: [] }, message }];
    showFileDialog({ kind: 'unreadable', name: file.name, diagnostics });
    return;
  }
  const inPicture = documentInPng(bytes);
  if (inPicture === undefined) openText(file.name, new TextDecoder().decode(bytes));
  else showLoaded(file.name, inPicture, null);
}

/** Saves to the document's file, or asks for one when it has none; `then` is called once it is saved. */
export async function save(connection: ManagedConnection, then?: () => void): Promise<void> {
  const { file } = documentStore.getState();
  if (file === null) {
    showFileDialog({ kind: 'save-as', ...(then !== undefined && { then }) });
    return;
  }
  const problem = await writeTo(connection, file.path, file.modified);
  if (problem === null) then?.();
  else if (CONFLICT_CODES.has(problem.code)) showFileDialog({ kind: 'conflict', path: file.path });
  else tellNotSaved(problem);
}

/**
 * Writes the document to a path and makes it the document's file. `expectedModified`: refuse when the file is not of
 * that age; `null`: refuse when there is one; `undefined`: overwrite. Returns the problem, or null when it is saved.
 */
export async function writeTo(
  connection: ManagedConnection,
  path: string,
  expectedModified: number | null | undefined,
): Promise<HostProblem | null> {
  nameAfter(path);
  const { id, document } = documentStore.getState();
  const answer = await connection.call('document/write', {
    path,
    text: serializeDocument(document),
    ...(expectedModified !== undefined && { expectedModified }),
  });
  if (!answer.ok) return answer.problem;
  markSaved(document, { path: answer.value.path, modified: answer.value.modified }, id);
  showToast({ tone: 'success', title: `Saved ${nameOf(answer.value.path)}` });
  return null;
}

/** A document nobody has named takes the name of the file it is first saved to. */
function nameAfter(path: string): void {
  const { document, file } = documentStore.getState();
  if (file !== null || document.name !== UNTITLED) return;
  dispatch(renameDocument, { name: nameOf(path).replace(/\.json$/i, '') });
}

/** Tells why a document was not saved; it stays here, unsaved. */
export function tellNotSaved({ message, remedy }: HostProblem): void {
  showToast({
    tone: 'danger',
    title: 'Not saved',
    description: remedy === undefined ? message : `${message} ${remedy}`,
    action: { label: 'Download a copy instead', onSelect: downloadDocument },
  });
}

/** Hands the document to the browser as a download: works while the host is away, too. */
export function downloadDocument(): void {
  const { document, file } = documentStore.getState();
  const name = file === null ? fileNameFor(document.name, '.json') : nameOf(file.path);
  downloadBlob(new Blob([serializeDocument(document)], { type: 'application/json' }), name);
}

/** Hands data to the browser as a download. */
export function downloadBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = window.document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun when the click returns in every browser; a while later the data may go.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A problem of the host as a diagnostic without a place. */
export function asDiagnostic({ code, message, expected, received, remedy }: HostProblem): Diagnostic {
  return {
    code,
    severity: 'error',
    at: { path: [] },
    message: remedy === undefined ? message : `${message} ${remedy}`,
    ...(expected !== undefined && { expected }),
    ...(received !== undefined && { received }),
  };
}
