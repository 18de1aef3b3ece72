import { expect, test } from 'vitest';
import { compareValues } from './compareOutputs.ts';

test('a difference counts as a share of the largest value of its own answer', () => {
  const expected = [300, 0, -100, 0.5, 0.25, 0];
  expect(compareValues([300, 0.3, -100, 0.5, 0.25, 0], expected, 2)).toMatchObject({
    maximumDifference: 0.3,
    relativeDifference: 0.001,
  });
  // The second answer has no large value to hide behind.
  expect(compareValues([300, 0, -100, 0.5, 0.55, 0], expected, 2).relativeDifference).toBeCloseTo(0.3);
});

test('values that are no finite numbers are counted on the side where they are', () => {
  expect(compareValues([NaN, 1, 2], [1, Infinity, 2], 1)).toMatchObject({
    receivedNotFinite: 1,
    expectedNotFinite: 1,
    maximumDifference: 0,
  });
});
