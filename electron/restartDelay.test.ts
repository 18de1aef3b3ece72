import { expect, test } from 'vitest';
import { restartDelay } from './restartDelay.ts';

test('the first crash is mended at once, the next ones more slowly', () => {
  const delays = [1, 2, 3, 4, 5].map((count) => restartDelay(Array<number>(count).fill(1000), 1000));
  expect(delays).toEqual([0, 250, 500, 1000, 2000]);
});

test('a host that cannot live is left alone', () => {
  expect(restartDelay(Array<number>(6).fill(1000), 1000)).toBeNull();
});

test('old crashes are forgotten', () => {
  expect(restartDelay([0, 1, 2, 3, 4, 5, 100_000], 100_000)).toBe(0);
});
