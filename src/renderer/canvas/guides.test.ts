import { expect, test } from 'vitest';
import { findGuides, guideGroup } from './guides.ts';

const card = (x: number, y: number, height = 60) => ({ x, y, width: 160, height });

test('a card comes to stand level with its neighbour, and a line says so', () => {
  const { shift, guides } = findGuides(card(220, 4), [card(0, 0)], 6);
  expect(shift).toEqual({ x: 0, y: -4 });
  expect(guides).toEqual([{ axis: 'y', at: 0, from: 0, to: 380 }]);
});

test('cards of different heights are aligned by their middles when those are nearest', () => {
  const { shift } = findGuides(card(220, 9, 80), [card(0, 20)], 6);
  expect(shift.y).toBe(1);
});

test('out of reach nothing pulls', () => {
  expect(findGuides(card(220, 40), [card(0, 0)], 6)).toEqual({ shift: { x: 0, y: 0 }, guides: [] });
});

test('of several at the same height the nearest is shown', () => {
  const { guides } = findGuides(card(900, 0), [card(0, 0), card(660, 0)], 6);
  expect(guides.find(({ axis }) => axis === 'y')).toMatchObject({ from: 660, to: 1060 });
});

test('a group is aligned by its outline, and keeps its distances', () => {
  const { shift, guides } = guideGroup([card(0, 203), card(220, 300)], [card(500, 200)], 6);
  expect(shift).toEqual({ x: 0, y: -3 });
  expect(guides).toEqual([{ axis: 'y', at: 200, from: 0, to: 660 }]);
});

test('a card inside a group is aligned too, when that line is nearer', () => {
  const other = card(500, 300);
  const { shift, guides } = guideGroup([card(0, 203), card(220, 301), card(0, 420)], [card(700, 200), other], 6);
  expect(shift.y).toBe(-1);
  expect(guides).toMatchObject([{ axis: 'y', at: 300, to: 660 }]);
  expect(guideGroup([], [other], 6)).toEqual({ shift: { x: 0, y: 0 }, guides: [] });
});
