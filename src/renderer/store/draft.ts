import { z } from 'zod';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { documentStore, openDocument } from './documentStore.ts';

const STORAGE_KEY = 'skipwire.draft';
const DELAY_MILLISECONDS = 400;

const Draft = z.object({
  text: z.string(),
  file: z.object({ path: z.string(), modified: z.number() }).nullable(),
  dirty: z.boolean(),
});
type Draft = z.infer<typeof Draft>;

/** What `startDrafts` found from the last time. */
export type DraftRestored =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'restored' }
  | { readonly kind: 'unreadable'; readonly reason: string };

function readDraft(storage: Storage): Draft | undefined {
  const text = storage.getItem(STORAGE_KEY);
  if (text === null) return undefined;
  try {
    const parsed = Draft.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Shows the draft that the last session left, if there is one. */
export function restoreDraft(storage: Storage): DraftRestored {
  const draft = readDraft(storage);
  if (draft === undefined) return { kind: 'nothing' };
  const loaded = loadDocument(draft.text);
  if (!loaded.ok) return { kind: 'unreadable', reason: loaded.error[0]?.message ?? 'The draft cannot be read.' };
  openDocument(loaded.value, draft.file, draft.dirty);
  return { kind: 'restored' };
}

/** Writes the document down as a draft; false when the browser has no room for it. */
export function saveDraft(storage: Storage): boolean {
  const { document, file, dirty } = documentStore.getState();
  const draft: Draft = { text: serializeDocument(document), file, dirty };
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/**
 * Restores the last draft and from now on keeps the document as a draft: shortly after each edit and when the page is left.
 * Call once at the start of the page. `onFull` is called when a draft cannot be kept.
 */
export function startDrafts(onFull: () => void = () => undefined): DraftRestored {
  let storage: Storage;
  try {
    storage = window.localStorage;
  } catch {
    onFull();
    return { kind: 'nothing' };
  }
  const restored = restoreDraft(storage);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failed = false;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const saved = saveDraft(storage);
    if (!saved && !failed) onFull();
    failed = !saved;
  };
  documentStore.subscribe((state, before) => {
    if (state.document === before.document && state.file === before.file && state.dirty === before.dirty) return;
    // Not put off again by the next edit: at most one delay is ever lost.
    timer ??= setTimeout(save, DELAY_MILLISECONDS);
  });
  const saveIfPending = (): void => {
    if (timer !== undefined) save();
  };
  window.addEventListener('pagehide', saveIfPending);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') saveIfPending();
  });
  return restored;
}
