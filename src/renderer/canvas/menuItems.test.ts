import { beforeEach, expect, test } from 'vitest';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { libraryItems, opItems, type CatalogueItem } from '../palette/catalogue.ts';
import { currentDocument, newDocument } from '../store/documentStore.ts';
import { select, uiStore } from '../store/uiStore.ts';
import { menuItems, selectForMenu, type MenuTarget } from './menuItems.ts';
import type { CanvasView } from './canvasView.ts';
import { addBehindSelection } from './editing.ts';
import { wireId } from './skipWires.ts';

const asked: string[] = [];
const view: CanvasView = {
  fit: () => asked.push('fit'),
  openSearch: (_at, onWire) => asked.push(`search ${onWire ?? 'here'}`),
  zoomTo: () => undefined,
  zoomIn: () => undefined,
  zoomOut: () => undefined,
  toggleMinimap: () => undefined,
  place: () => ({ x: 0, y: 0 }),
  look: () => ({ centre: { x: 0, y: 0 }, zoom: 1 }),
  lookAt: () => undefined,
};
const at = { x: 10, y: 10 };

function add(wanted: string): NodeId {
  const items: readonly CatalogueItem[] = [...opItems(null), ...libraryItems()];
  const found = items.find(({ id }) => id === wanted);
  if (found === undefined) throw new Error(`The catalogue has no "${wanted}"`);
  return addBehindSelection(found, at);
}

/** The menu as a person reads it, after the press that opens it. */
function labels(target: MenuTarget): readonly string[] {
  selectForMenu(target);
  return menuItems(target, at, view).map((entry) => (entry === 'separator' ? '-' : entry.label));
}

function choose(target: MenuTarget, label: string): void {
  selectForMenu(target);
  const found = menuItems(target, at, view).find((entry) => entry !== 'separator' && entry.label === label);
  if (found === undefined || found === 'separator') throw new Error(`The menu has no "${label}"`);
  found.onSelect();
}

beforeEach(() => {
  newDocument();
  asked.length = 0;
});

test('the menu of a card is about the selection it is part of, and offers what would do something', () => {
  const [input, conv] = [add('input'), add('conv2d')];
  const alone = labels({ kind: 'card', id: conv });
  expect(alone).toEqual(expect.arrayContaining(['Mute', 'Bypass', 'Duplicate', 'Delete and close the gap']));
  expect(alone).not.toEqual(expect.arrayContaining(['Connect the selection']));
  expect(alone).not.toEqual(expect.arrayContaining(['Look inside']));
  select([input, conv]);
  expect(labels({ kind: 'card', id: conv })).toContain('Connect the selection');
  choose({ kind: 'card', id: conv }, 'Mute');
  expect([input, conv].map((id) => currentDocument().graph.nodes[id]?.muted)).toEqual([true, true]);
});

test('a card outside the selection is selected alone; a block offers what blocks can', () => {
  const [input, block] = [add('input'), add('residual-basic')];
  select([input]);
  const menu = labels({ kind: 'card', id: block });
  expect([...uiStore.getState().selection]).toEqual([block]);
  expect(menu).toEqual(
    expect.arrayContaining(['Look inside', 'Unpack the selected block', 'Publish the selected block…']),
  );
});

test('a wire takes a node in or goes; the empty canvas takes a node where it was pressed', () => {
  const [, conv] = [add('input'), add('conv2d')];
  const wire: MenuTarget = { kind: 'wire', id: wireId(conv, 'input') };
  choose(wire, 'Insert a node…');
  choose({ kind: 'canvas' }, 'Add a node here…');
  expect(asked).toEqual([`search ${wire.id}`, 'search here']);
  choose(wire, 'Delete and close the gap');
  expect(currentDocument().graph.nodes[conv]?.inputs).toEqual({});
});

test('an Add offers the twin of the network without its skips', () => {
  const [input, sum] = [add('input'), add('add')];
  expect(labels({ kind: 'card', id: sum })).toContain('Make a plain twin');
  expect(labels({ kind: 'card', id: input })).not.toContain('Make a plain twin');
});
