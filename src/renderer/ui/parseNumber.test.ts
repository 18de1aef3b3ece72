import { expect, test } from 'vitest';
import { parseNumber, stepNumber } from './parseNumber.ts';

test.each([
  ['32', 32],
  [' 0.001 ', 0.001],
  ['1e-3', 0.001],
  ['1,000', 1000],
  ['1 000 000', 1_000_000],
  ['0,5', 0.5],
  ['-2', -2],
  ['.5', 0.5],
])('reads %j as %d', (text, value) => {
  expect(parseNumber(text)).toEqual({ ok: true, value });
});

test.each([
  ['', {}, 'A number is needed.'],
  ['ten', {}, '“ten” is not a number.'],
  ['0x10', {}, '“0x10” is not a number.'],
  ['1.5', { integer: true }, 'A whole number is needed.'],
  ['0', { minimum: 1 }, 'Must be at least 1.'],
  ['0', { minimum: 0, minimumExcluded: true }, 'Must be more than 0.'],
  ['1', { maximum: 1, maximumExcluded: true }, 'Must be less than 1.'],
  ['200', { maximum: 100 }, 'Must be at most 100.'],
  ['1e999', {}, 'This number is too large.'],
])('refuses %j within %j', (text, bounds, error) => {
  expect(parseNumber(text, bounds)).toEqual({ ok: false, error });
});

test('arrow keys step whole numbers by one and stay in bounds', () => {
  expect(stepNumber(10, 1, { integer: true })).toBe(11);
  expect(stepNumber(1, -1, { integer: true, minimum: 1 })).toBe(1);
});

test('arrow keys step a learning rate by its leading digit and never to zero', () => {
  expect(stepNumber(0.001, 1, {})).toBe(0.002);
  expect(stepNumber(0.001, -1, {})).toBe(0.0009);
  expect(stepNumber(0.0003, -1, {})).toBe(0.0002);
  expect(stepNumber(0.1, 1, {})).toBe(0.2);
});
