import { expect, test } from 'vitest';
import { smoothCurve } from './smoothCurve.ts';

test('no weight leaves the curve as it is', () => {
  expect(smoothCurve([3, null, 1], 0)).toEqual([3, null, 1]);
});

test('a constant stays constant from the first value on', () => {
  for (const value of smoothCurve([2, 2, 2, 2], 0.9)) expect(value).toBeCloseTo(2, 12);
});

test('weights follow the definition', () => {
  // average 0.5 * 4 = 2 over 1 - 0.5; then 0.5 * 2 + 0.5 * 0 = 1 over 1 - 0.25
  expect(smoothCurve([4, 0], 0.5)).toEqual([4, 1 / 0.75]);
});

test('gaps stay gaps and leave the average alone', () => {
  const [first, gap, last] = smoothCurve([4, null, 4], 0.6);
  expect([first, gap]).toEqual([4, null]);
  expect(last).toBeCloseTo(4, 12);
  expect(smoothCurve([1, NaN, Infinity], 0.5)).toEqual([1, null, null]);
});
