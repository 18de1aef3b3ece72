import { z } from 'zod';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { NodeId } from '../../graph-engine/document/schema.ts';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import {
  closeDocument,
  documentStore,
  openDocument,
  showDocument,
  type DocumentId,
  type DocumentTab,
} from './documentStore.ts';
import { restoreView, viewOf } from './uiStore.ts';

const DRAFT = 'skipwire.draft.';
const WINDOW = 'skipwire.window.';
/** Windows that were closed are remembered for a while: one of them may have died. */
const MAXIMUM_WINDOWS = 6;

const Draft = z.object({
  text: z.string(),
  file: z.object({ path: z.string(), modified: z.number() }).nullable(),
  dirty: z.boolean(),
  /** Milliseconds since 1970. */
  saved: z.number(),
});
type Draft = z.infer<typeof Draft>;

const View = z.object({
  scopePath: z.array(z.object({ node: NodeId, instance: z.int().min(0) })).max(64),
  viewports: z.record(z.string(), z.object({ x: z.number(), y: z.number(), zoom: z.number().positive() })),
});

const KeptWindow = z.object({
  /** Milliseconds since 1970. */
  saved: z.number(),
  shown: z.string(),
  tabs: z.array(z.object({ id: z.string().max(64), view: View })),
});
type KeptWindow = z.infer<typeof KeptWindow>;

/** What was found from the last time: the names of drafts that could not be read, with the reason. */
export interface DraftsRestored {
  /** When the draft of each document that came back was written. */
  readonly restored: ReadonlyMap<DocumentId, number>;
  readonly unreadable: readonly string[];
}

function read<T>(storage: Storage, key: string, schema: z.ZodType<T>): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(storage.getItem(key) ?? ''));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Stands between the host and the rest in the name of a window that is at another host than its own. */
const AT = '@';

/** A new name for a window at a host; `''` is the host that comes with the editor. */
export function nameOfWindow(host: string, rest: string): string {
  return host === '' ? rest : `${host}${AT}${rest}`;
}

/** Windows at a host that storage remembers, the last one used first: what they had open are files of that host. */
export function windowsAt(storage: Storage, host: string): readonly string[] {
  return keptWindows(storage).filter((window) => window.slice(0, Math.max(0, window.lastIndexOf(AT))) === host);
}

/** Windows that storage remembers, the last one used first. */
export function keptWindows(storage: Storage): readonly string[] {
  const found: { readonly window: string; readonly saved: number }[] = [];
  for (let index = 0; index < storage.length; index++) {
    const key = storage.key(index) ?? '';
    if (!key.startsWith(WINDOW)) continue;
    found.push({ window: key.slice(WINDOW.length), saved: read(storage, key, KeptWindow)?.saved ?? 0 });
  }
  return found.sort((a, b) => b.saved - a.saved).map(({ window }) => window);
}

function forgetWindow(storage: Storage, window: string): void {
  for (const { id } of read(storage, WINDOW + window, KeptWindow)?.tabs ?? []) storage.removeItem(DRAFT + id);
  storage.removeItem(WINDOW + window);
}

/** Opens the documents that a window had, with what was not saved and how they were looked at. */
export function restoreWindow(storage: Storage, window: string): DraftsRestored {
  const kept = read(storage, WINDOW + window, KeptWindow);
  const untouched = documentStore.getState().id;
  const unreadable: string[] = [];
  const restored = new Map<DocumentId, number>();
  for (const { id, view } of kept?.tabs ?? []) {
    const draft = read(storage, DRAFT + id, Draft);
    if (draft === undefined) continue;
    const loaded = loadDocument(draft.text);
    if (!loaded.ok) {
      unreadable.push(loaded.error[0]?.message ?? 'The draft cannot be read.');
      continue;
    }
    openDocument(loaded.value, draft.file, draft.dirty, id);
    restoreView(id, view);
    restored.set(id, draft.saved);
  }
  if (restored.size > 0 && untouched !== documentStore.getState().id) closeUntouched(untouched);
  if (kept !== undefined) showDocument(kept.shown);
  return { restored, unreadable };
}

/** The empty document of the start makes way for what is restored, also when that is empty itself. */
function closeUntouched(id: DocumentId): void {
  const tab = documentStore.getState().tabs.find((one) => one.id === id);
  if (tab !== undefined && !tab.dirty && tab.file === null) closeDocument(id);
}

/** A keeper that writes only what changed since it last wrote. */
export interface DraftKeeper {
  /** False when the browser has no room for everything; what fits is kept. */
  save(): boolean;
}

/** Writes the open documents of a window down as drafts. */
export function createDraftKeeper(storage: Storage, window: string, now: () => number): DraftKeeper {
  let written = new Map<DocumentId, DocumentTab>();

  function put(key: string, value: Draft | KeptWindow): boolean {
    try {
      storage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  return {
    save() {
      const { id: shown, tabs } = documentStore.getState();
      const next = new Map<DocumentId, DocumentTab>();
      let complete = true;
      for (const id of written.keys()) if (!tabs.some((tab) => tab.id === id)) storage.removeItem(DRAFT + id);
      for (const tab of tabs) {
        const { id, document, file, dirty } = tab;
        const kept =
          written.get(id) === tab || put(DRAFT + id, { text: serializeDocument(document), file, dirty, saved: now() });
        if (kept) next.set(id, tab);
        complete &&= kept;
      }
      written = next;
      const keptTabs = tabs.map(({ id }) => {
        const { scopePath, viewports } = viewOf(id);
        return { id, view: { scopePath: [...scopePath], viewports: { ...viewports } } };
      });
      for (const old of keptWindows(storage).slice(MAXIMUM_WINDOWS)) forgetWindow(storage, old);
      return put(WINDOW + window, { saved: now(), shown, tabs: keptTabs }) && complete;
    },
  };
}
