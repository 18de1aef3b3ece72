import { expect, test } from 'vitest';
import { Notice, progressBarValue } from './signals.ts';

test('progress is shown from 0 to 1, and nothing takes it away', () => {
  expect([0, 0.25, 1].map(progressBarValue)).toEqual([0, 0.25, 1]);
  expect([null, undefined, 2, -0.5, Number.NaN, '0.5', {}].map(progressBarValue)).toEqual(Array(7).fill(-1));
});

test('a notice is short text and nothing else', () => {
  expect(Notice.safeParse({ title: 'Run finished', body: '97 %' }).success).toBe(true);
  for (const wrong of [null, 'text', { title: '', body: '' }, { title: 'a'.repeat(201), body: '' }, { title: 'a' }]) {
    expect(Notice.safeParse(wrong).success).toBe(false);
  }
});
