import { expect, test } from 'vitest';
import { findGuides } from './guides.ts';

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
