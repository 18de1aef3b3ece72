import { expect, test } from 'vitest';
import { freeLane, isObstructed, wirePath } from './routeWire.ts';

const box = (x: number, y: number) => ({ x, y, width: 160, height: 60 });

test('neighbours are joined directly, a node in between is in the way', () => {
  expect(isObstructed({ x: 160, y: 30 }, { x: 220, y: 30 }, [])).toBe(false);
  expect(isObstructed({ x: 160, y: 30 }, { x: 440, y: 30 }, [box(220, 0)])).toBe(true);
});

test('an arc goes over a level path', () => {
  const lane = freeLane({ x: 160, y: 30 }, { x: 440, y: 30 }, [box(220, 0)]);
  expect(lane).toBeLessThan(0);
});

test('an arc goes below where something stands above', () => {
  const above = [box(220, -70), box(220, -140), box(220, -210)];
  expect(freeLane({ x: 160, y: 30 }, { x: 440, y: 30 }, [box(220, 0), ...above])).toBeGreaterThan(60);
});

test('between two rows the lane lies between them', () => {
  const lane = freeLane({ x: 160, y: 30 }, { x: 440, y: 140 }, [box(220, 0)]);
  expect(lane).toBeGreaterThan(60);
  expect(lane).toBeLessThan(140);
});

test('the label is in the middle', () => {
  expect(wirePath({ x: 0, y: 0 }, { x: 300, y: 0 }, -60).label).toEqual({ x: 150, y: -60 });
  expect(wirePath({ x: 0, y: 0 }, { x: 300, y: 100 }, null)).toMatchObject({ label: { x: 150, y: 50 }, side: 'on' });
});

test('a wire to the row below goes back along the lane between the rows', () => {
  const rows = [box(0, 0), box(220, 0), box(440, 0), box(0, 110), box(220, 110), box(440, 110)];
  const lane = freeLane({ x: 0, y: 30 }, { x: 600, y: 140 }, rows);
  expect(lane).toBe(85);
  const { d, label } = wirePath({ x: 600, y: 30 }, { x: 0, y: 140 }, lane);
  expect(label).toEqual({ x: 300, y: 85 });
  expect(d).toMatch(/^M600,30 L612,30 Q624,30 624,42 .* L0,140$/);
});
