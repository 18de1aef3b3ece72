import { expect, test } from 'vitest';
import { learningRateAt } from './learningRate.ts';

const stepsPerEpoch = 10;

test('a constant rate never moves', () => {
  const settings = { learningRate: 0.1, epochs: 4, schedule: { kind: 'constant' } } as const;
  expect([0, 17, 39].map((step) => learningRateAt(settings, step, stepsPerEpoch))).toEqual([0.1, 0.1, 0.1]);
});

test('a cosine rises over the warm-up, peaks, halves in the middle and ends near zero', () => {
  const settings = { learningRate: 1, epochs: 4, schedule: { kind: 'cosine', warmupSteps: 4 } } as const;
  const rate = (step: number) => learningRateAt(settings, step, stepsPerEpoch);
  expect([0, 1, 2, 3].map(rate)).toEqual([0.25, 0.5, 0.75, 1]);
  expect(rate(4)).toBe(1);
  expect(rate(22)).toBeCloseTo(0.5, 12);
  expect(rate(39)).toBeGreaterThan(0);
  expect(rate(39)).toBeLessThan(0.01);
  expect(rate(40)).toBeCloseTo(0, 12);
  expect(rate(1000)).toBeCloseTo(0, 12);
});

test('a warm-up longer than the run only rises', () => {
  const settings = { learningRate: 1, epochs: 1, schedule: { kind: 'cosine', warmupSteps: 100 } } as const;
  expect(learningRateAt(settings, 9, stepsPerEpoch)).toBeCloseTo(0.1, 12);
});

test('steps drop by the factor exactly at the epoch', () => {
  const settings = { learningRate: 1, epochs: 9, schedule: { kind: 'step', everyEpochs: 3, factor: 0.1 } } as const;
  const rates = [0, 29, 30, 59, 60].map((step) => learningRateAt(settings, step, stepsPerEpoch));
  expect(rates).toEqual([1, 1, 0.1, 0.1, 0.1 ** 2]);
});
