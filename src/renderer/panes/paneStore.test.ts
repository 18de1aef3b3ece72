import { Circle } from 'lucide-react';
import { afterEach, expect, test, vi } from 'vitest';
import { isInFront, sideOf, sideSize, tabsetAt, tabsetsOf, tabsetWith } from './layout.ts';
import type { Pane, PaneId, Side } from './pane.ts';
import { followLayout, paneStore, startPanes } from './paneStore.ts';

function pane(id: PaneId, home: Side, open = true): Pane {
  return { id, title: id, icon: Circle, home, open, shortcut: '', Content: () => null };
}

const panes = [
  pane('palette', 'left'),
  pane('inspector', 'right'),
  pane('training', 'right'),
  pane('problems', 'bottom', false),
];

/** The panes of each set of tabs, from left to right and from top to bottom. */
function shown(): readonly string[] {
  return tabsetsOf(paneStore.getState().layout.root).map(({ tabs }) =>
    tabs.map(({ id }) => id.replace('-tab', '')).join(' '),
  );
}

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => kept.set(key, text),
});

afterEach(() => kept.clear());

test('at first every pane that starts open lies at its home, the first of a side in front', () => {
  startPanes(panes);
  const { layout } = paneStore.getState();
  expect(shown()).toEqual(['palette', 'canvas', 'inspector training']);
  expect(isInFront(layout, 'inspector')).toBe(true);
  expect(isInFront(layout, 'training')).toBe(false);
  expect(isInFront(layout, 'problems')).toBe(false);
});

test('a layout comes back; what was moved stays where it was put', () => {
  startPanes([...panes.slice(0, 3), pane('problems', 'bottom', true)]);
  const { layout } = paneStore.getState();
  expect(sideOf(layout, tabsetWith(layout, 'problems')?.id ?? '')).toBe('bottom');
  expect(sideOf(layout, 'canvas')).toBeUndefined();
  followLayout(layout);
  startPanes(panes);
  expect(shown()).toEqual(['palette', 'canvas', 'problems', 'inspector training']);
});

test('a pane that came with a newer version is added, one that is gone is dropped', () => {
  startPanes(panes.slice(0, 2));
  followLayout(paneStore.getState().layout);
  startPanes(panes.slice(1));
  expect(shown()).toEqual(['canvas', 'inspector training']);
  expect(tabsetAt(paneStore.getState().layout, 'left')).toBeUndefined();
});

test.each(['', '{}', '{"layout":{"version":1,"root":{}},"places":{},"known":[]}', '[1'])(
  'what cannot be read (%s) is no layout: the first one is shown',
  (text) => {
    kept.set('skipwire.panes', text);
    startPanes(panes);
    expect(shown()).toEqual(['palette', 'canvas', 'inspector training']);
  },
);

test('a kept layout without a canvas is not taken', () => {
  startPanes(panes);
  const { layout } = paneStore.getState();
  const [palette] = tabsetsOf(layout.root);
  if (palette === undefined) throw new Error('There is a palette');
  followLayout({ version: 1, root: palette });
  startPanes(panes);
  expect(shown()).toEqual(['palette', 'canvas', 'inspector training']);
});

test('a low window gives more of itself to what lies below', () => {
  expect([1400, 900, 700, 400].map((height) => sideSize('bottom', height))).toEqual([28, 29, 37, 50]);
  expect(sideSize('right', 700)).toBe(24);
});
