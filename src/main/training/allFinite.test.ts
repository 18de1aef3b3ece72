import { expect, test } from 'vitest';
import { allFinite } from './allFinite.ts';

test('one number that is none is found, wherever it is', () => {
  const numbers = Float32Array.from({ length: 1000 }, (_, i) => (i - 500) * 1e35);
  expect(allFinite(numbers)).toBe(true);
  expect(allFinite(new Float32Array())).toBe(true);
  for (const at of [0, 500, 999]) {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(allFinite(numbers.with(at, bad))).toBe(false);
    }
  }
});
