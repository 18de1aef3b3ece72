import { createStore } from 'zustand/vanilla';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { documentStore, setFile, type DocumentId, type DocumentTab } from '../store/documentStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { reloadFile, reloadOnRequest } from './fileActions.ts';
import { nameOf } from './fileNames.ts';

const EVERY_MILLISECONDS = 1500;

/** What another program did to the file of an open document that has unsaved changes, or that is gone. */
export interface OutsideChange {
  readonly path: string;
  /** The file's age now; `null` when it is gone. */
  readonly modified: number | null;
}

export const outsideStore = createStore<Readonly<Record<DocumentId, OutsideChange>>>()(() => ({}));

function setChange(id: DocumentId, change: OutsideChange | undefined): void {
  const { [id]: _before, ...others } = outsideStore.getState();
  outsideStore.setState(change === undefined ? others : { ...others, [id]: change }, true);
}

/** Leaves the open document as it is: the next save goes over what is in the file now. */
export function keepMine(id: DocumentId): void {
  const change = outsideStore.getState()[id];
  setChange(id, undefined);
  if (change !== undefined) setFile(id, { path: change.path, modified: change.modified ?? 0 });
}

/** Takes the file as it is now; what was here is one undo away. */
export async function takeTheirs(connection: ManagedConnection, id: DocumentId): Promise<void> {
  const change = outsideStore.getState()[id];
  setChange(id, undefined);
  if (change !== undefined) await reloadOnRequest(connection, id, change.path);
}

async function consider(connection: ManagedConnection, tab: DocumentTab, modified: number | null): Promise<void> {
  const { id, file, dirty } = tab;
  if (file === null) return;
  const told = outsideStore.getState()[id];
  if (modified === file.modified) {
    if (told !== undefined) setChange(id, undefined);
  } else if (modified !== null && !dirty) {
    // A program that is still writing leaves something that cannot be read for a moment.
    if ((await reloadFile(connection, id, file.path)).length > 0) return setChange(id, { path: file.path, modified });
    setChange(id, undefined);
    showToast({
      title: `${nameOf(file.path)} was changed by another program`,
      description: 'It was read again. Undo brings back what was here.',
    });
  } else if (told?.modified !== modified) setChange(id, { path: file.path, modified });
}

async function look(connection: ManagedConnection): Promise<void> {
  const paths = [...new Set(documentStore.getState().tabs.flatMap(({ file }) => (file === null ? [] : [file.path])))];
  if (paths.length === 0 || connection.state !== 'open') return;
  const before = new Map(documentStore.getState().tabs.map((tab) => [tab.id, tab.file]));
  const answer = await connection.call('document/check', { paths });
  if (!answer.ok) return;
  const ages = new Map(answer.value.files.map(({ path, modified }) => [path, modified]));
  for (const tab of documentStore.getState().tabs) {
    // A save that went on meanwhile made the file newer itself.
    if (tab.file === null || tab.file !== before.get(tab.id)) continue;
    const modified = ages.get(tab.file.path);
    if (modified !== undefined) await consider(connection, tab, modified);
  }
}

/** From now on notices when another program changes the file of an open document, while the page is looked at. */
export function followFiles(connection: ManagedConnection): void {
  let looking = false;
  const lookOnce = async (): Promise<void> => {
    if (looking || document.visibilityState === 'hidden') return;
    looking = true;
    await look(connection).finally(() => (looking = false));
  };
  setInterval(() => void lookOnce(), EVERY_MILLISECONDS);
  window.addEventListener('focus', () => void lookOnce());
}
