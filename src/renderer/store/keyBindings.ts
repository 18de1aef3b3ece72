import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { keep, readKept } from './kept.ts';

const STORAGE_KEY = 'skipwire.keys';
const Overrides = z.record(z.string(), z.string().nullable());

/** Shortcuts as the user changed them, by command: `null` is none at all. */
export type KeyOverrides = Readonly<Record<string, string | null>>;

/** What has a shortcut: a command of the editor or of the canvas. */
export interface Bound {
  readonly id: string;
  readonly shortcut?: string;
  /** Other keys that do the same; they are given up when the user chooses a key. */
  readonly alternatives?: readonly string[];
}

function read(): KeyOverrides {
  try {
    const parsed = Overrides.safeParse(JSON.parse(readKept(STORAGE_KEY) ?? '{}'));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

export const keyBindings = createStore<{ readonly overrides: KeyOverrides }>()(() => ({ overrides: read() }));

/** The user's shortcuts in a component. */
export function useKeyOverrides(): KeyOverrides {
  return useStore(keyBindings, (state) => state.overrides);
}

/** The keys of a command as they are now. */
export function keysOf({ id, shortcut, alternatives = [] }: Bound): readonly string[] {
  const chosen = keyBindings.getState().overrides[id];
  if (chosen === null) return [];
  if (chosen !== undefined) return [chosen];
  return shortcut === undefined ? alternatives : [shortcut, ...alternatives];
}

function set(overrides: KeyOverrides): void {
  keyBindings.setState({ overrides });
  keep(STORAGE_KEY, JSON.stringify(overrides));
}

/** Gives a command another shortcut (`null`: none); whatever had it before loses it. */
export function rebind(command: Bound, shortcut: string | null, all: readonly Bound[]): void {
  const overrides = { ...keyBindings.getState().overrides };
  if (shortcut !== null) {
    for (const other of all)
      if (other.id !== command.id && keysOf(other).includes(shortcut)) overrides[other.id] = null;
  }
  overrides[command.id] = shortcut;
  if (shortcut === command.shortcut) delete overrides[command.id];
  set(overrides);
}

/** Gives every command its own shortcut back. */
export function resetBindings(): void {
  set({});
}
