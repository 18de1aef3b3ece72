import { expect, test } from 'vitest';
import { nextThemeChoice, parseThemeChoice, resolveTheme } from './themeStore.ts';

test('system follows the system, a choice does not', () => {
  expect(resolveTheme('system', true)).toBe('dark');
  expect(resolveTheme('system', false)).toBe('light');
  expect(resolveTheme('light', true)).toBe('light');
});

test('the button goes round all three choices', () => {
  expect(nextThemeChoice(nextThemeChoice(nextThemeChoice('system')))).toBe('system');
  expect(nextThemeChoice('light')).toBe('dark');
});

test('a stored choice nobody knows is system', () => {
  expect(parseThemeChoice('sepia')).toBe('system');
  expect(parseThemeChoice(null)).toBe('system');
  expect(parseThemeChoice('dark')).toBe('dark');
});
