import { beforeEach, expect, test } from 'vitest';
import { renameDocument } from '../../graph-engine/document/commands/editDocument.ts';
import { dispatch, documentStore, gesture, markSaved, newDocument, openDocument, redo, undo } from './documentStore.ts';
import { restoreDraft, saveDraft } from './draft.ts';
import { uiStore } from './uiStore.ts';

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

test('another document forgets the past and what was selected', () => {
  rename('a');
  uiStore.setState({ selectedWires: new Set(['x:y']) });
  openDocument(state().document, file);
  expect([state().undoLabel, state().dirty, uiStore.getState().selectedWires.size]).toEqual([null, false, 0]);
});

test('a draft comes back with its file and its unsaved state', () => {
  const storage = memory();
  openDocument(state().document, file);
  rename('Kept');
  expect(saveDraft(storage)).toBe(true);
  newDocument();
  expect(restoreDraft(storage)).toEqual({ kind: 'restored' });
  expect([state().document.name, state().file, state().dirty]).toEqual(['Kept', file, true]);
});

test('a draft that cannot be read or kept is told, not thrown', () => {
  const storage = memory();
  storage.setItem('skipwire.draft', JSON.stringify({ text: '{', file: null, dirty: true }));
  expect(restoreDraft(storage).kind).toBe('unreadable');
  storage.setItem('skipwire.draft', 'nonsense');
  expect(restoreDraft(storage).kind).toBe('nothing');
  expect(saveDraft(memory(10))).toBe(false);
});
