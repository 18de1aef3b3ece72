import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { CatalogueItem } from './catalogue.ts';

const STORAGE_KEY = 'skipwire.palette';
const MAXIMUM_RECENT = 6;

const Kept = z.object({
  favourites: z.array(z.string()).catch([]),
  recent: z.array(z.string()).catch([]),
});

/** What the user marked as favourite, and what he added last, newest first; both by the ids of catalogue items. */
export type Kept = z.infer<typeof Kept>;

function read(): Kept {
  try {
    return Kept.parse(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}'));
  } catch {
    return { favourites: [], recent: [] };
  }
}

export const keptItems = createStore<Kept>()(() => read());

/** Favourites and recent items in a component. */
export function useKeptItems(): Kept {
  return useStore(keptItems);
}

function keep(changes: Partial<Kept>): void {
  keptItems.setState(changes);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(keptItems.getState()));
  } catch {
    // Then the choice lasts as long as the page.
  }
}

/** Makes an item a favourite, or one no more. */
export function toggleFavourite(id: string): void {
  const { favourites } = keptItems.getState();
  keep({ favourites: favourites.includes(id) ? favourites.filter((one) => one !== id) : [...favourites, id] });
}

/** Remembers that an item was added. */
export function rememberAdded(id: string): void {
  const { recent } = keptItems.getState();
  keep({ recent: [id, ...recent.filter((one) => one !== id)].slice(0, MAXIMUM_RECENT) });
}

/** Lets what is kept follow an item that is called something else now. */
export function renameKept(from: string, to: string): void {
  const { favourites, recent } = keptItems.getState();
  const rename = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => (id === from ? to : id)))];
  keep({ favourites: rename(favourites), recent: rename(recent) });
}

/** The items of those ids, in that order; what does not exist here is left out. */
export function itemsOf(ids: readonly string[], all: readonly CatalogueItem[]): readonly CatalogueItem[] {
  return ids.flatMap((id) => all.find((item) => item.id === id) ?? []);
}
