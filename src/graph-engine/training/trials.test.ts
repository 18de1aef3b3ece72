import { expect, test } from 'vitest';
import { createWordStream, domains } from '../random/philox.ts';
import { beta } from '../random/distributions.ts';
import { entropyFloor, smoothingFloor } from './lossFloor.ts';
import { mixingFeeds } from './mixingFeeds.ts';
import { isOverfitted, overfitFindings, type OverfitEvidence } from './overfitFindings.ts';
import { adviseRate, hasDiverged, nextRatePoint, rangeRate, type RatePoint } from './rateRange.ts';

const RANGE = { from: 1e-6, to: 10, steps: 141 };

/** A range test on a loss that is a function of the rate. */
function rangeTest(lossAt: (rate: number) => number): RatePoint[] {
  const points: RatePoint[] = [];
  for (let step = 0; step < RANGE.steps && !hasDiverged(points); step++) {
    const rate = rangeRate(step, RANGE);
    points.push(nextRatePoint(points, rate, lossAt(rate)));
  }
  return points;
}

test('the rates of a range test grow by the same factor from the first to the last', () => {
  const rates = [0, 1, 2, 140].map((step) => rangeRate(step, RANGE));
  expect(rates[0]).toBe(1e-6);
  expect(rates[3]).toBeCloseTo(10, 9);
  expect((rates[2] ?? 0) / (rates[1] ?? 1)).toBeCloseTo((rates[1] ?? 0) / (rates[0] ?? 1), 9);
});

test('the smoothed loss of a constant is the constant from the first step on', () => {
  expect(rangeTest(() => 3).every(({ smoothed }) => Math.abs(smoothed - 3) < 1e-12)).toBe(true);
});

test('the suggested rate is a tenth of where the loss is lowest, or where it falls fastest if that is lower', () => {
  // Falls as a logistic curve around 1e-2 in the logarithm of the rate, and explodes from 1 on.
  const sharp = rangeTest((rate) => 2 - 1.5 / (1 + (1e-2 / rate) ** 4) + (rate > 0.9 ? rate * 30 : 0));
  const { suggestion, limit } = adviseRate(sharp);
  expect(suggestion).toBeGreaterThan(5e-3);
  expect(suggestion).toBeLessThan(2e-2);
  expect(limit).toBeGreaterThan(0.1);
  const late = adviseRate(rangeTest((rate) => 2 - 1.5 / (1 + (0.3 / rate) ** 4) + (rate > 0.9 ? rate * 30 : 0)));
  expect(late.suggestion).toBeCloseTo((late.limit ?? 0) / 10, 2);
  expect(sharp.length).toBeLessThan(RANGE.steps);
});

test('nothing is suggested where the loss falls nowhere', () => {
  expect(adviseRate(rangeTest(() => 2))).toEqual({ suggestion: null, limit: null });
  expect(adviseRate(rangeTest((rate) => 2 + rate))).toEqual({ suggestion: null, limit: null });
  expect(adviseRate([])).toEqual({ suggestion: null, limit: null });
});

test('smoothed classes and given probabilities leave their entropy as the lowest loss', () => {
  expect(smoothingFloor(0, 10)).toBe(0);
  // -(0.91 log 0.91 + 9 * 0.01 log 0.01)
  expect(smoothingFloor(0.1, 10)).toBeCloseTo(0.50029, 4);
  expect(entropyFloor([0.5, 0.5, 1, 0], 2)).toBeCloseTo(Math.log(2) / 2, 12);
});

test('shares of a mixture follow the beta distribution', () => {
  const words = createWordStream([7, 1], 0, domains.mixing);
  for (const alpha of [0.2, 1, 4]) {
    const shares = Array.from({ length: 20_000 }, () => beta(words, alpha, alpha));
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    // Mean 1/2 and variance 1 / (4 (2 alpha + 1)); the bounds are four standard errors and more.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.006);
  }
});

test('what is mixed with what depends on seed and step alone, and each sample is a partner once', () => {
  const feeds = mixingFeeds({ kind: 'cutmix', alpha: 1 }, [3, 9], 17);
  expect(mixingFeeds({ kind: 'cutmix', alpha: 1 }, [3, 9], 17)).toEqual(feeds);
  expect(mixingFeeds({ kind: 'cutmix', alpha: 1 }, [3, 10], 17)).not.toEqual(feeds);
  expect([...(feeds['mixing/partner'] ?? [])].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, i) => i));
  const [top = 0, bottom = 0, left = 0, right = 0] = feeds['mixing/box'] ?? [];
  expect(top <= bottom && left <= right && top >= 0 && right <= 1).toBe(true);
  expect(mixingFeeds({ kind: 'none' }, [3, 9], 17)).toEqual({});
});

const fine: OverfitEvidence = {
  losses: [2, 1.5, 1.2, 0.9, 0.5],
  floor: 0,
  smoothing: 0,
  learningRate: 0.01,
  columns: [],
  first: [],
  last: [],
  mixing: undefined,
  dropping: [],
  frozen: [],
  weightDecay: 0,
  contradiction: undefined,
  ended: false,
};

test.each<[string, Partial<OverfitEvidence>, string, RegExp]>([
  ['a loss that is no number', { losses: [2, 5, NaN] }, 'rate-too-high', /no longer a number after step 3.*/],
  ['a loss that grows', { losses: [2, 3, 5] }, 'rate-too-high', /grew instead of falling/],
  ['a loss that jumps', { losses: [2, 1.9, 2.2, 1.8, 2.1, 1.9, 2.3] }, 'rate-too-high', /went up in 43 %/],
  [
    'a loss that creeps',
    { losses: [2, 1.999, 1.998, 1.997] },
    'rate-too-low',
    /falls evenly but only from 2.00 to 2.00/,
  ],
  [
    'a node without gradient',
    { columns: [{ path: 'conv', figure: 'weightGradient' }], first: [0], last: [0] },
    'no-gradient',
    /^No gradient reaches "conv"/,
  ],
  [
    'dead units',
    { columns: [{ path: 'relu', figure: 'dead' }], first: [0.2], last: [1] },
    'dead-units',
    /^All units of "relu" are dead/,
  ],
  ['mixing', { mixing: 'CutMix' }, 'mixing', /^CutMix makes other samples/],
  ['label smoothing', { smoothing: 0.1, floor: 0.5 }, 'label-smoothing', /cannot fall below 0.500; it came to 0.500/],
  ['dropout', { dropping: ['drop', 'drop2'] }, 'dropout', /^"drop" and 1 more drop values/],
  ['frozen nodes', { frozen: ['stem'] }, 'frozen', /^"stem" is frozen/],
  ['weight decay', { weightDecay: 0.1 }, 'weight-decay', /pulls against the loss/],
  ['contradicting labels', { contradiction: [0, 4] }, 'contradiction', /^Samples 1 and 5/],
])('%s is told in words', (_, changes, code, words) => {
  const found = overfitFindings({ ...fine, ...changes });
  const finding = found.find((one) => one.code === `overfit/${code}`);
  expect(finding?.message).toMatch(words);
});

test('what was learned by heart needs no reasons, and a slow end is told as such', () => {
  expect(isOverfitted({ losses: [2, 0.005], floor: 0 })).toBe(true);
  expect(isOverfitted({ losses: [2, 0.505], floor: 0.5 })).toBe(true);
  expect(isOverfitted(fine)).toBe(false);
  expect(overfitFindings(fine).map(({ code }) => code)).toEqual(['overfit/unclear']);
});
