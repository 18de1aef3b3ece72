import { describe, expect, test } from 'vitest';
import type { CanvasNode } from './deriveNodes.ts';
import type { CanvasWire } from './deriveWires.ts';
import { createNearArea, createNearThings } from './nearView.ts';
import { NODE_WIDTH } from './nodeGeometry.ts';
import { createViews } from './views.ts';

const data = { views: createViews<never>() };
const ROW = 1000;

/** A chain in one long row, with a skip from its first card to its last. */
const items = Array.from({ length: ROW }, (_, index): CanvasNode => {
  return { id: `n${index}`, type: 'card', position: { x: index * 200, y: 0 }, width: NODE_WIDTH, height: 60, data };
});
const wire = (from: number, to: number): CanvasWire => {
  return { id: `n${to}:in${from}`, type: 'wire', source: `n${from}`, target: `n${to}`, data };
};
const wires = [...items.slice(1).map((_, index) => wire(index, index + 1)), wire(0, ROW - 1)];
const area = { x: 10_000, y: -500, width: 1000, height: 1000 };

function ids(things: readonly { readonly id: string }[]): readonly string[] {
  return things.map(({ id }) => id);
}

describe('what React Flow holds of a large canvas', () => {
  test('is what lies near the view, in order, with wires that come from afar and their ends', () => {
    const near = createNearThings()({ items, wires }, area, null);
    expect(ids(near.items)).toEqual(['n0', 'n49', 'n50', 'n51', 'n52', 'n53', 'n54', 'n55', `n${ROW - 1}`]);
    expect(ids(near.wires).at(-1)).toBe(`n${ROW - 1}:in0`);
    expect(ids(near.wires)).toContain('n55:in54');
    expect(ids(near.wires)).not.toContain('n58:in57');
  });

  test('is also what is selected or where a wire begins that is being drawn: it may be moved from afar', () => {
    const selected = items.map((item, index) => (index === 700 ? { ...item, selected: true } : item));
    const near = ids(createNearThings()({ items: selected, wires }, area, 'n800').items);
    expect(near).toContain('n700');
    expect(near).toContain('n800');
    expect(near).not.toContain('n600');
  });

  test('is the same list while it holds the same', () => {
    const choose = createNearThings();
    const before = choose({ items, wires }, area, null);
    const elsewhere = items.map((item, index) =>
      index === 700 ? { ...item, position: { x: 140_000, y: 9000 } } : item,
    );
    const after = choose({ items: elsewhere, wires }, area, null);
    expect(after.items).toBe(before.items);
    expect(after.wires).toBe(before.wires);
  });

  test('is all of a small canvas', () => {
    const few = { items: items.slice(0, 100), wires: wires.slice(0, 99) };
    expect(createNearThings()(few, area, null)).toBe(few);
  });
});

test('the part round the view stays the same until the view leaves it or is zoomed far into it', () => {
  const nearArea = createNearArea();
  const look = (x: number, zoom = 1) => nearArea({ transform: [-x * zoom, 0, zoom], width: 1000, height: 800 });
  const first = look(0);
  expect(first).toEqual({ x: -400, y: -400, width: 1800, height: 1600 });
  expect(look(300)).toBe(first);
  expect(look(500)).toEqual({ x: 100, y: -400, width: 1800, height: 1600 });
  expect(look(500, 2)).toEqual({ x: 100, y: -400, width: 1800, height: 1600 });
  expect(look(500, 2.5).width).toBe(720);
});
