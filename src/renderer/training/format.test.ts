import { expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatLearningRate,
  formatLoss,
  formatPercent,
} from './format.ts';

test.each([
  [0.83, '0.8 s'],
  [42.4, '42 s'],
  [59.6, '1 min'],
  [192, '3 min 12 s'],
  [7500, '2 h 5 min'],
  [7200, '2 h'],
  [Infinity, '–'],
  [-1, '–'],
])('%d seconds are %j', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

test('counts are grouped', () => {
  expect(formatCount(269722)).toBe('269\u202f722');
  expect(formatCount(1234567)).toBe('1\u202f234\u202f567');
  expect(formatCount(999)).toBe('999');
});

test('accuracy is a percentage', () => expect(formatPercent(0.9731)).toBe('97.3\u202f%'));

test.each([
  [2.302585, '2.303'],
  [0.04123, '0.0412'],
  [0.000031, '3.1e-5'],
  [0, '0'],
  [NaN, 'not a number'],
  [Infinity, 'infinite'],
])('a loss of %d is %j', (loss, text) => expect(formatLoss(loss)).toBe(text));

test('learning rates are short', () => {
  expect(formatLearningRate(0.001)).toBe('0.001');
  expect(formatLearningRate(0.00012345)).toBe('0.000123');
  expect(formatLearningRate(0.0000251)).toBe('2.51e−5');
});

test('bytes have units', () => {
  expect([812, 1_100_000, 272_000, 999_999].map(formatBytes)).toEqual(['812 B', '1.1 MB', '272 kB', '1000 kB']);
});

test('ages are rough', () => {
  const now = 1_000_000_000;
  const ages = [5, 130, 7300, 90_000, 300_000].map((seconds) => formatAge(now - seconds * 1000, now));
  expect(ages).toEqual(['just now', '2 min ago', '2 h ago', 'yesterday', '3 days ago']);
});
