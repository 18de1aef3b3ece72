import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { prepareSerialization } from '../../graph-engine/document/serializeDocument.ts';
import { startDocumentLocks } from './documentLocks.ts';
import { documentStore } from './documentStore.ts';
import { whenIdle } from './whenIdle.ts';
import { createDraftKeeper, nameOfWindow, restoreWindow, windowsAt, type DraftsRestored } from './drafts.ts';
import { uiStore } from './uiStore.ts';

const DELAY_MILLISECONDS = 400;
/** What is left of an idle moment when the next is waited for. */
const SPARE_MILLISECONDS = 2;
const WINDOW_NAME = 'skipwire.window';

/** Writes what a large document consists of bit by bit, whenever nothing else is to be done; then all of it takes little. */
function prepareWhenIdle(document: SkipwireDocument, then: () => void): void {
  const steps = prepareSerialization(document);
  const goOn = (timeLeft: () => number): void => {
    do {
      if (steps.next().done === true) {
        then();
        return;
      }
    } while (timeLeft() > SPARE_MILLISECONDS);
    whenIdle(goOn);
  };
  whenIdle(goOn);
}

/** Locks that windows of this editor hold: a window that is closed or killed lets go of its own. */
async function heldLocks(): Promise<ReadonlySet<string>> {
  // Browsers have locks only where the address is trusted; without them windows are told apart by their own storage.
  if (!('locks' in navigator)) return new Set();
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name = '' }) => name));
}

function hold(name: string): void {
  if ('locks' in navigator) void navigator.locks.request(name, () => new Promise<never>(() => undefined));
}

/** Which window this is: the one it was before a reload, or one that is not open any more, or a new one. */
async function nameThisWindow(local: Storage, session: Storage, host: string): Promise<string> {
  const held = await heldLocks();
  const free = (name: string): boolean => !held.has(`${WINDOW_NAME}.${name}`);
  const key = nameOfWindow(host, WINDOW_NAME);
  const own = session.getItem(key);
  const name = own !== null && free(own) ? own : windowsAt(local, host).find(free);
  const chosen = name ?? nameOfWindow(host, crypto.getRandomValues(new Uint32Array(2)).join('-'));
  hold(`${WINDOW_NAME}.${chosen}`);
  session.setItem(key, chosen);
  return chosen;
}

/**
 * Opens what the last session left and from now on keeps the open documents as drafts: shortly after each edit and when the
 * page is left. Call once at the start of the page. `onFull` is called when a draft cannot be kept. `host` is the address of the
 * host, where it is not the one that comes with the editor: its files are other files.
 */
export async function startDrafts(onFull: () => void, host = ''): Promise<DraftsRestored> {
  let local: Storage;
  let window: string;
  try {
    local = globalThis.localStorage;
    window = await nameThisWindow(local, globalThis.sessionStorage, host);
    startDocumentLocks();
  } catch {
    onFull();
    return { restored: new Map(), unreadable: [] };
  }
  const restored = restoreWindow(local, window);
  const keeper = createDraftKeeper(local, window, () => Date.now());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failed = false;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const saved = keeper.save();
    if (!saved && !failed) onFull();
    failed = !saved;
  };
  const saveIfPending = (): void => {
    if (timer !== undefined) save();
  };
  const saveSoon = (): void => {
    // Not put off again by the next edit: at most one delay is ever lost.
    timer ??= setTimeout(() => prepareWhenIdle(documentStore.getState().document, saveIfPending), DELAY_MILLISECONDS);
  };
  documentStore.subscribe((state, before) => {
    if (state.tabs !== before.tabs || state.id !== before.id) saveSoon();
  });
  uiStore.subscribe((state, before) => {
    if (state.viewports !== before.viewports || state.scopePath !== before.scopePath) saveSoon();
  });
  globalThis.addEventListener('pagehide', saveIfPending);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') saveIfPending();
  });
  return restored;
}
