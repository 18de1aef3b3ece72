import { documentStore, type DocumentId } from './documentStore.ts';

const PREFIX = 'skipwire.document.';
/** What lets go of the lock of each document that is open here. */
const held = new Map<DocumentId, () => void>();

function hold(id: DocumentId): void {
  const closed = new Promise<void>((resolve) => held.set(id, resolve));
  void navigator.locks.request(PREFIX + id, () => closed);
}

function follow(): void {
  const open = new Set(documentStore.getState().tabs.map(({ id }) => id));
  for (const id of open) if (!held.has(id)) hold(id);
  for (const [id, release] of held) {
    if (open.has(id)) continue;
    release();
    held.delete(id);
  }
}

/** From now on other windows can tell which documents are open here, and that nobody has them when this one dies. */
export function startDocumentLocks(): void {
  // Browsers have locks only where the address is trusted.
  if (!('locks' in navigator)) return;
  follow();
  documentStore.subscribe((state, before) => {
    if (state.tabs !== before.tabs) follow();
  });
}

/** The documents that other windows of this browser have open. */
export async function documentsHeldElsewhere(): Promise<ReadonlySet<DocumentId>> {
  if (!('locks' in navigator)) return new Set();
  const locks = await navigator.locks.query();
  const ids = (locks.held ?? [])
    .map(({ name = '' }) => name)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
  return new Set(ids.filter((id) => !held.has(id)));
}
