import { expect, test } from 'vitest';
import { axisImportance } from './axisImportance.ts';

const goals = [0.7, 0.2, 0.25, 0.4, 2.1, 0.4, 0.15];

test('numbers have the rank correlation that SciPy finds, with ties', () => {
  // scipy.stats.spearmanr of SciPy 1.17.1.
  const found = axisImportance([0.001, 0.01, 0.01, 0.1, 0.5, 0.003, 0.03], goals);
  expect(found?.kind).toBe('rank-correlation');
  expect(found?.value).toBeCloseTo(0.05454545454545455, 12);
});

test('choices have the share of the variance of ranks between them', () => {
  // H of scipy.stats.kruskal, divided by the number of trials less one.
  const found = axisImportance(['adam', 'sgd', 'adam', 'sgd', 'lion', 'lion', 'adam'], goals);
  expect(found?.kind).toBe('rank-variance-share');
  expect(found?.value).toBeCloseTo(1.872727272727274 / 6, 12);
});

test('nothing is said of too few trials, or of what never changes', () => {
  expect(axisImportance([1, 2, 3], [1, 2, 3])).toBeUndefined();
  expect(axisImportance([1, 1, 1, 1], [1, 2, 3, 4])).toBeUndefined();
  expect(axisImportance([1, 2, 3, 4], [1, 1, 1, 1])).toBeUndefined();
  expect(axisImportance(['a', 'a', 'a', 'a'], [1, 2, 3, 4])).toBeUndefined();
});
