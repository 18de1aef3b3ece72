import { beforeEach, expect, test } from 'vitest';
import { renameDocument, replaceDocument } from '../../graph-engine/document/commands/editDocument.ts';
import {
  closeDocument,
  currentDocument,
  dispatch,
  dispatchTo,
  documentStore,
  emptyDocument,
  gesture,
  goToStep,
  largeGesture,
  markSaved,
  newDocument,
  openDocument,
  redo,
  showDocument,
  undo,
} from './documentStore.ts';
import { createDraftKeeper, restoreWindow } from './drafts.ts';
import { rememberViewport, uiStore } from './uiStore.ts';

const file = { path: 'net.json', modified: 1 };
const rename = (name: string): void => dispatch(renameDocument, { name });
const state = () => documentStore.getState();

function memory(maximum = Infinity): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    clear: () => values.clear(),
    getItem: (key) => values.get(key) ?? null,
    key: (index) => [...values.keys()][index] ?? null,
    removeItem: (key) => void values.delete(key),
    setItem(key, value) {
      if (value.length > maximum) throw new DOMException('full', 'QuotaExceededError');
      values.set(key, value);
    },
  };
}

beforeEach(() => newDocument());

test('a document is dirty while it differs from its file, also after undo past the save', () => {
  expect(state().dirty).toBe(false);
  rename('a');
  expect(state().dirty).toBe(true);
  markSaved(state().document, file);
  expect([state().dirty, state().file]).toEqual([false, file]);
  undo();
  expect(state().dirty).toBe(true);
  redo();
  expect(state().dirty).toBe(false);
  rename('b');
  undo();
  expect(state().dirty).toBe(false);
});

test('more edits than are remembered: undone as far as can be, the document is not what its file has', () => {
  for (let step = 0; step < 1005; step++) rename(`Name ${step}`);
  goToStep(0);
  expect([state().document.name, state().dirty]).toEqual(['Name 4', true]);
  // Saved there, that state is known again, though no step that led to it is left.
  markSaved(state().document, file);
  expect(state().dirty).toBe(false);
  goToStep(1000);
  expect(state().dirty).toBe(true);
  goToStep(0);
  expect(state().dirty).toBe(false);
});

test('an edit made while a file is being written stays unsaved', () => {
  rename('a');
  const written = state().document;
  rename('b');
  markSaved(written, file);
  expect(state().dirty).toBe(true);
});

test('a gesture tells the views once and is one step of undo', () => {
  let told = 0;
  const stop = documentStore.subscribe(() => (told += 1));
  gesture('Twice', () => {
    rename('a');
    rename('b');
  });
  stop();
  expect([told, state().undoLabel, state().document.name]).toEqual([1, 'Twice', 'b']);
});

test('a large edit is done at once, and the views are told once, after its pauses', async () => {
  let told = 0;
  const unsubscribe = documentStore.subscribe(() => (told += 1));
  const pauses: (() => void)[] = [];
  const pause = () => new Promise<void>((resolve) => pauses.push(resolve));
  const edited = largeGesture('Name it twice', () => (rename('a'), rename('b')), pause);
  expect(currentDocument().name).toBe('b');
  // Somebody goes on editing meanwhile.
  rename('c');
  for (let count = 0; count < 2; count++) {
    expect([state().document.name, told]).toEqual(['Untitled network', 0]);
    pauses.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  }
  await edited;
  expect([state().document.name, told]).toEqual(['c', 1]);
  undo();
  expect(state()).toMatchObject({ document: { name: 'b' }, undoLabel: 'Name it twice' });
  unsubscribe();
});

test('an exception in a large edit leaves no trace either', async () => {
  const fails = (): void => {
    rename('half');
    throw new Error('no');
  };
  await expect(largeGesture('Fail', fails, () => Promise.resolve())).rejects.toThrow('no');
  rename('whole');
  expect(state()).toMatchObject({ document: { name: 'whole' }, position: 1 });
});

test('an exception in a gesture leaves no trace', () => {
  const before = state().document;
  expect(() =>
    gesture('Fails', () => {
      rename('a');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect([state().document, state().undoLabel]).toEqual([before, null]);
});

test('another document has a past and a view of its own, and the first one keeps both', () => {
  rename('a');
  const first = state().id;
  uiStore.setState({ selectedWires: new Set(['x:y']) });
  openDocument({ ...emptyDocument(), name: 'other' }, file);
  expect([state().undoLabel, state().dirty, uiStore.getState().selectedWires.size]).toEqual([null, false, 0]);
  showDocument(first);
  expect([state().undoLabel, state().document.name]).toEqual(['Rename document', 'a']);
  expect([...uiStore.getState().selectedWires]).toEqual(['x:y']);
  undo();
  expect(state().tabs.map(({ name }) => name)).toContain('other');
});

test('an untouched empty document makes way for what is opened; a touched one stays', () => {
  const before = state().tabs.length;
  openDocument({ ...emptyDocument(), name: 'one' }, file);
  expect(state().tabs).toHaveLength(before);
  openDocument({ ...emptyDocument(), name: 'two' }, null);
  expect(state().tabs).toHaveLength(before + 1);
});

test('closing the shown document shows its neighbour, closing the last leaves an empty one', () => {
  openDocument({ ...emptyDocument(), name: 'one' }, file);
  openDocument({ ...emptyDocument(), name: 'two' }, file);
  closeDocument(state().id);
  expect(state().tabs.some(({ name }) => name === 'two')).toBe(false);
  for (const { id } of state().tabs) closeDocument(id);
  expect(state().tabs.map(({ name }) => name)).toEqual(['Untitled network']);
});

test('a file that was read anew is one step of undo and not dirty', () => {
  openDocument({ ...emptyDocument(), name: 'one', description: 'old' }, file);
  dispatchTo(state().id, replaceDocument, { document: { ...emptyDocument(), name: 'theirs' } });
  markSaved(state().document, { ...file, modified: 2 });
  expect([state().document.name, state().document.description, state().dirty]).toEqual(['theirs', undefined, false]);
  undo();
  expect([state().document.name, state().document.description, state().dirty]).toEqual(['one', 'old', true]);
});

test('all open documents come back with their files, what was unsaved, and where one looked', () => {
  const storage = memory();
  openDocument({ ...emptyDocument(), name: 'one' }, file);
  rename('Kept');
  const first = state().id;
  openDocument({ ...emptyDocument(), name: 'two' }, null);
  rememberViewport('', { x: 1, y: 2, zoom: 0.5 });
  showDocument(first);
  expect(createDraftKeeper(storage, 'w', () => 1).save()).toBe(true);
  for (const { id } of state().tabs) closeDocument(id);

  expect(restoreWindow(storage, 'w').unreadable).toEqual([]);
  expect(
    state()
      .tabs.slice(-2)
      .map(({ name, dirty }) => [name, dirty]),
  ).toEqual([
    ['Kept', true],
    ['two', false],
  ]);
  expect([state().document.name, state().file]).toEqual(['Kept', file]);
  showDocument(state().tabs.find(({ name }) => name === 'two')?.id ?? '');
  expect(uiStore.getState().viewports['']).toEqual({ x: 1, y: 2, zoom: 0.5 });
});

test('a closed document leaves no draft', () => {
  const storage = memory();
  const keeper = createDraftKeeper(storage, 'w', () => 1);
  openDocument({ ...emptyDocument(), name: 'one' }, file);
  const { id } = state();
  keeper.save();
  expect(storage.getItem(`skipwire.draft.${id}`)).toContain('one');
  closeDocument(id);
  keeper.save();
  expect(storage.getItem(`skipwire.draft.${id}`)).toBeNull();
});

test('a draft that cannot be read or kept is told, not thrown', () => {
  const storage = memory();
  rename('a');
  createDraftKeeper(storage, 'w', () => 1).save();
  storage.setItem(`skipwire.draft.${state().id}`, JSON.stringify({ text: '{', file: null, dirty: true, saved: 1 }));
  expect(restoreWindow(storage, 'w').unreadable).toHaveLength(1);
  storage.setItem('skipwire.window.w', 'nonsense');
  expect(restoreWindow(storage, 'w')).toEqual({ restored: new Map(), unreadable: [] });
  expect(createDraftKeeper(memory(10), 'w', () => 1).save()).toBe(false);
});
