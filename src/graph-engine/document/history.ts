import { applyPatches, enablePatches, produceWithPatches, type Patch } from 'immer';
import type { Command } from './commands/command.ts';
import { freezeDeep } from './freezeDeep.ts';
import type { SkipwireDocument } from './schema.ts';

enablePatches();

interface Entry {
  readonly label: string;
  readonly forward: readonly Patch[];
  readonly backward: readonly Patch[];
}

/** The document with its past and future. */
export interface History {
  readonly document: SkipwireDocument;
  readonly entries: readonly { readonly label: string }[];
  /** How many entries are applied; `entries.length` when nothing is undone. */
  readonly position: number;
  /** What led to the present state: the same object exactly when the state is the same, also after old entries were forgotten. */
  readonly mark: object;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Runs a command. An exception in it leaves the document as it was. */
  dispatch<Arguments>(command: Command<Arguments>, args: Arguments): void;
  /** Starts a gesture: everything until `end` becomes one entry; `bail` forgets it without a trace. */
  begin(label: string): void;
  end(): void;
  bail(): void;
  undo(): void;
  redo(): void;
  /** Goes to the state after `position` entries. */
  goTo(position: number): void;
  /** Replaces the document and forgets the past, as when a file is opened. */
  reset(document: SkipwireDocument): void;
  subscribe(listener: () => void): () => void;
}

const MAXIMUM_ENTRIES = 1000;

/** An undo history over immer patches; documents inside are frozen. */
export function createHistory(initial: SkipwireDocument): History {
  let document = freezeDeep(initial);
  let entries: Entry[] = [];
  let position = 0;
  /** Stands for the state before the first entry that is remembered. */
  let origin: object = {};
  let gesture: {
    readonly label: string;
    readonly base: SkipwireDocument;
    readonly changes: Omit<Entry, 'label'>[];
  } | null = null;
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  function record(label: string, forward: readonly Patch[], backward: readonly Patch[]): void {
    if (forward.length === 0) return;
    const all = [...entries.slice(0, position), { label, forward, backward }];
    const forgotten = all.at(-MAXIMUM_ENTRIES - 1);
    if (forgotten !== undefined) origin = forgotten;
    entries = all.slice(-MAXIMUM_ENTRIES);
    position = entries.length;
  }

  function step(direction: 'undo' | 'redo'): boolean {
    const entry = direction === 'undo' ? entries[position - 1] : entries[position];
    if (entry === undefined) return false;
    document = applyPatches(document, direction === 'undo' ? entry.backward : entry.forward);
    position += direction === 'undo' ? -1 : 1;
    return true;
  }

  function refuseInGesture(action: string): void {
    if (gesture !== null) throw new Error(`${action} in the middle of "${gesture.label}"`);
  }

  return {
    get document() {
      return document;
    },
    get entries() {
      return entries;
    },
    get position() {
      return position;
    },
    get mark() {
      return entries[position - 1] ?? origin;
    },
    get canUndo() {
      return gesture === null && position > 0;
    },
    get canRedo() {
      return gesture === null && position < entries.length;
    },
    dispatch(command, args) {
      const [next, forward, backward] = produceWithPatches(document, (draft) => command.run(draft, args));
      if (forward.length === 0) return;
      document = next;
      if (gesture === null) record(command.label, forward, backward);
      else gesture.changes.push({ forward, backward });
      changed();
    },
    begin(label) {
      refuseInGesture('begin');
      gesture = { label, base: document, changes: [] };
    },
    end() {
      if (gesture === null) return;
      const { label, base, changes } = gesture;
      gesture = null;
      const [only] = changes;
      if (only !== undefined && changes.length === 1) {
        record(label, only.forward, only.backward);
        changed();
        return;
      }
      // Replaying on the base leaves only the net change: sixty drag steps become one entry of two patches.
      const [next, forward, backward] = produceWithPatches(base, (draft) => {
        applyPatches(
          draft,
          changes.flatMap(({ forward }) => forward),
        );
      });
      document = next;
      record(label, forward, backward);
      changed();
    },
    bail() {
      if (gesture === null) return;
      document = gesture.base;
      gesture = null;
      changed();
    },
    undo() {
      refuseInGesture('undo');
      if (step('undo')) changed();
    },
    redo() {
      refuseInGesture('redo');
      if (step('redo')) changed();
    },
    goTo(target) {
      refuseInGesture('goTo');
      const before = position;
      while (position > target && step('undo'));
      while (position < target && step('redo'));
      if (position !== before) changed();
    },
    reset(next) {
      document = freezeDeep(next);
      entries = [];
      position = 0;
      origin = {};
      gesture = null;
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
