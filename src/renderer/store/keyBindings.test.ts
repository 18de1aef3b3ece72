import { beforeEach, expect, test } from 'vitest';
import { keyBindings, keysOf, rebind, resetBindings } from './keyBindings.ts';

const connect = { id: 'connect', shortcut: 'F' };
const remove = { id: 'delete', shortcut: 'Delete', alternatives: ['Backspace'] };
const all = [connect, remove];

beforeEach(resetBindings);

test('a command has its own keys until the user chooses others', () => {
  expect(keysOf(remove)).toEqual(['Delete', 'Backspace']);
  rebind(remove, 'X', all);
  expect(keysOf(remove)).toEqual(['X']);
  resetBindings();
  expect(keysOf(remove)).toEqual(['Delete', 'Backspace']);
});

test('a key never does two things: what had it loses it', () => {
  rebind(connect, 'Backspace', all);
  expect(keysOf(connect)).toEqual(['Backspace']);
  expect(keysOf(remove)).toEqual([]);
});

test('choosing the own key again is no change', () => {
  rebind(connect, 'X', all);
  rebind(connect, 'F', all);
  expect(keyBindings.getState().overrides).toEqual({});
});

test('a command can do without a key', () => {
  rebind(connect, null, all);
  expect(keysOf(connect)).toEqual([]);
});
