import { expect, test } from 'vitest';
import { canvasCommands } from './canvasCommands.ts';

function repeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

test('no two commands of the canvas have a name or a key in common', () => {
  expect(repeated(canvasCommands.map(({ id }) => id))).toEqual([]);
  expect(repeated(canvasCommands.map(({ label }) => label))).toEqual([]);
  const keys = canvasCommands.flatMap(({ shortcut, alternatives = [] }) => [shortcut ?? [], alternatives].flat());
  expect(repeated(keys)).toEqual([]);
});
