import { expect, test } from 'vitest';
import { crossedWires, crossing } from './strokes.ts';

test('two stretches cross in a point, or not at all', () => {
  expect(crossing({ x: 0, y: 0 }, { x: 10, y: 10 }, { x: 0, y: 10 }, { x: 10, y: 0 })).toEqual({ x: 5, y: 5 });
  expect(crossing({ x: 0, y: 0 }, { x: 4, y: 4 }, { x: 0, y: 10 }, { x: 10, y: 0 })).toBeUndefined();
  expect(crossing({ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 0, y: 1 }, { x: 4, y: 1 })).toBeUndefined();
});

test('a knife takes every wire it crosses, once, and leaves those beside it', () => {
  const level = (id: string, y: number, x = 0) => ({
    id,
    points: [
      { x, y },
      { x: x + 50, y },
      { x: x + 100, y },
    ],
  });
  const stroke = [
    { x: 20, y: -10 },
    { x: 30, y: 40 },
    { x: 40, y: -10 },
  ];
  const hits = crossedWires(stroke, [level('a', 0), level('b', 20), level('c', 60), level('d', 0, 200)]);
  expect([...hits.keys()].sort()).toEqual(['a', 'b']);
  expect(hits.get('a')).toEqual({ x: 22, y: 0 });
});
