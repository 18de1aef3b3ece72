import { expect, test } from 'vitest';
import { Schedule } from '../document/schedule.ts';
import { freshPatience, isPatienceOver, nextPatience } from './earlyStopping.ts';
import { learningRateAt } from './learningRate.ts';
import { nextPlateau, noPlateau } from './plateau.ts';
import golden from './schedules.golden.json' with { type: 'json' };

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

/** Rates of double precision on both sides; PyTorch multiplies step by step where this takes powers. */
const TOLERANCE = 1e-12;

test.each(golden.cases)('$schedule follows PyTorch step by step', ({ schedule, rates }) => {
  const settings = { learningRate: golden.rate, epochs: golden.epochs, schedule: Schedule.parse(schedule) };
  const found = rates.map((_, step) => learningRateAt(settings, step, golden.steps));
  rates.forEach((rate, step) => expect(Math.abs((found[step] ?? NaN) - rate), `step ${step}`).toBeLessThan(TOLERANCE));
});

test.each(golden.plateaus)('a plateau with patience $patience drops where PyTorch does', (example) => {
  const { mode, patience, figures, rates } = example;
  const schedule = Schedule.parse({ kind: 'plateau', factor: 0.5, patience, lowestRate: 0.01 });
  const settings = { learningRate: golden.rate, epochs: figures.length, schedule };
  let state = noPlateau;
  const found = figures.map((figure, epoch) => {
    const rate = learningRateAt(settings, epoch, 1, state.drops);
    state = nextPlateau(state, schedule, mode === 'min' ? figure : -figure);
    return rate;
  });
  rates.forEach((rate, at) => expect(Math.abs((found[at] ?? NaN) - rate), `epoch ${at}`).toBeLessThan(TOLERANCE));
  expect(new Set(found).size).toBeGreaterThan(2);
});

test('a warm-up goes before any schedule', () => {
  for (const schedule of ['constant', 'step', 'exponential', 'plateau', 'cosine'] as const) {
    const settings = { learningRate: 1, epochs: 4, schedule: Schedule.parse({ kind: schedule, warmupSteps: 4 }) };
    expect([0, 1, 2, 3].map((step) => learningRateAt(settings, step, 100))).toEqual([0.25, 0.5, 0.75, 1]);
  }
});

test('patience ends after so many epochs without a gain', () => {
  const settings = { earlyStopping: { kind: 'patience', epochs: 2, minimumGain: 0.1 } } as const;
  let state = freshPatience;
  const ends = [1, 0.8, 0.75, 0.69, 0.65, 0.64].map((loss) => {
    state = nextPatience(state, settings, loss);
    return isPatienceOver(state, settings);
  });
  expect(ends).toEqual([false, false, false, false, false, true]);
  expect(isPatienceOver({ best: 1, waited: 1000 }, {})).toBe(false);
});
