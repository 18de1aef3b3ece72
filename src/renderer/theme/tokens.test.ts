import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrastRatio } from './contrast.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [lightPart = '', darkPart = ''] = css.split(":root[data-theme='dark']");

function tokensIn(part: string): Map<string, string> {
  return new Map(
    [...part.matchAll(/--color-([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

const light = tokensIn(lightPart);
const dark = tokensIn(darkPart);
const families = [...light.keys()].filter((name) => name.startsWith('family-'));

function ratio(theme: Map<string, string>, one: string, other: string): number {
  const [first, second] = [theme.get(one), theme.get(other)];
  if (first === undefined || second === undefined) throw new Error(`Missing token ${one} or ${other}`);
  return contrastRatio(first, second);
}

test('black on white is 21 to 1', () => {
  expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5);
});

test('every colour of the light theme but the fixed ones has a dark value', () => {
  const fixed = new Set(['white', 'black']);
  expect([...light.keys()].filter((name) => !fixed.has(name) && !dark.has(name))).toEqual([]);
});

describe.each([
  ['light', light],
  ['dark', dark],
])('%s theme', (_, theme) => {
  const text = ['ink', 'ink-muted', 'ink-faint', 'accent-ink', 'danger', 'warning', 'success', ...families];
  const surfaces = ['surface', 'sunken', 'raised', 'canvas'];

  test.each(text)('%s is readable on every surface (AA)', (name) => {
    for (const surface of surfaces) expect(ratio(theme, name, surface), `on ${surface}`).toBeGreaterThanOrEqual(4.5);
  });

  test('curves of runs stand out from every surface (3 to 1)', () => {
    const runs = [...theme.keys()].filter((name) => name.startsWith('run-'));
    expect(runs).toHaveLength(8);
    for (const name of runs)
      for (const surface of surfaces) expect(ratio(theme, name, surface), name).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['on-accent', 'accent'],
    ['accent-ink', 'accent-soft'],
    ['danger', 'danger-soft'],
    ['warning', 'warning-soft'],
    ['success', 'success-soft'],
    ['ink', 'hover'],
    ['ink-muted', 'hover'],
    ['ink-muted', 'pressed'],
  ])('%s is readable on %s (AA)', (name, surface) => {
    expect(ratio(theme, name, surface)).toBeGreaterThanOrEqual(4.5);
  });
});
