import { expect, test } from 'vitest';
import { displayShortcut, shortcutOf } from './shortcuts.ts';

const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test('presses are written as in menus', () => {
  expect(shortcutOf({ ...none, key: 's', ctrlKey: true })).toBe('Ctrl+S');
  expect(shortcutOf({ ...none, key: 'S', ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+S');
  expect(shortcutOf({ ...none, key: 'z', metaKey: true })).toBe('Ctrl+Z');
  expect(shortcutOf({ ...none, key: 'Enter', ctrlKey: true })).toBe('Ctrl+Enter');
  expect(shortcutOf({ ...none, key: 'a' })).toBe('A');
  expect(shortcutOf({ ...none, key: '?', shiftKey: true })).toBe('?');
  expect(shortcutOf({ ...none, key: ' ' })).toBe('Space');
});

test('a Mac has its own signs', () => {
  expect(displayShortcut('Ctrl+Shift+S', true)).toBe('⇧⌘S');
  expect(displayShortcut('Ctrl+Enter', true)).toBe('⌘↩');
  expect(displayShortcut('Ctrl+S', false)).toBe('Ctrl+S');
  expect(displayShortcut('Alt+ArrowLeft', false)).toBe('Alt+←');
});
