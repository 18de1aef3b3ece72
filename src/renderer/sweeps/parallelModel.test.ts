import { expect, test } from 'vitest';
import type { SweepAttempt } from '../../contract/sweeps.ts';
import { SweepPlan } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { secondsLeft } from './describeSweep.ts';
import { coordinatesOf, GOAL, isThrough, moved } from './parallelModel.ts';

const plan = SweepPlan.parse({
  axes: [
    { paths: ['training.learningRate'], range: { kind: 'log', from: 0.001, to: 0.1 } },
    { paths: ['training.optimizer.kind'], range: { kind: 'values', values: ['adam', 'sgd'] } },
    { paths: ['conv1.filters', 'conv2.filters'], range: { kind: 'values', values: [8, 16] } },
  ],
});
const measure = { key: 'accuracy', title: 'Accuracy', unit: 'share', better: 'higher' } as const;

function attempt(trial: number, point: SweepAttempt['point'], value?: number, rung = 0): SweepAttempt {
  return {
    trial,
    rung,
    run: `run-${trial}-${rung}`,
    point,
    epochs: 2,
    outcome: value === undefined ? { status: 'under-way' } : { status: 'done', value, epoch: 1 },
    ...(value !== undefined && { seconds: 10 }),
  };
}

const attempts = [
  attempt(0, [0.001, 'adam', 8], 0.5),
  attempt(1, [0.01, 'sgd', 8], 0.75),
  attempt(2, [0.1, 'adam', 16], 0.9),
  attempt(3, [0.1, 'sgd', 8]),
];

test('every trial is a line over its values and the goal', () => {
  const { axes, lines } = coordinatesOf({ plan, attempts, measure });
  expect(axes.map(({ key, label, ticks }) => [key, label, ticks.map((tick) => tick.label)])).toEqual([
    ['training.learningRate', 'learningRate', ['0.001', '0.01', '0.1']],
    ['training.optimizer.kind', 'optimizer.kind', ['adam', 'sgd']],
    ['conv1.filters', 'conv1.filters +', ['8', '16']],
    [GOAL, 'Accuracy', ['50.0\u202f%', '75.0\u202f%', '90.0\u202f%']],
  ]);
  // By factors: 0.01 lies in the middle.
  expect(lines.map(({ places }) => places['training.learningRate'])).toEqual([0, expect.closeTo(0.5), 1, 1]);
  expect(lines.map(({ places }) => places['training.optimizer.kind'])).toEqual([0, 1, 0, 1]);
  expect(lines.map(({ quality }) => quality)).toEqual([0, expect.closeTo(0.625), 1, undefined]);
  expect(axes[0]?.wordsAt(0.5)).toBe('0.01');
  expect(axes[1]?.wordsAt(0.9)).toBe('sgd');
});

test('of a goal that falls the lowest is best, and a trial that went on stands where it went', () => {
  const loss = { ...measure, unit: 'number', better: 'lower' } as const;
  const { lines } = coordinatesOf({
    plan,
    attempts: [...attempts, attempt(0, [0.001, 'adam', 8], 0.1, 1)],
    measure: loss,
  });
  expect(lines.map(({ attempt: { run }, quality }) => [run, quality])[0]).toEqual(['run-0-1', 1]);
});

test('ranges of axes choose the lines that go through all of them', () => {
  const { lines } = coordinatesOf({ plan, attempts, measure });
  const through = (brushes: Parameters<typeof isThrough>[1]) =>
    lines.filter((line) => isThrough(line, brushes)).map(({ attempt: { trial } }) => trial);
  expect(through({})).toEqual([0, 1, 2, 3]);
  expect(through({ 'training.learningRate': [0.5, 1] })).toEqual([1, 2, 3]);
  expect(through({ 'training.learningRate': [0.5, 1], 'training.optimizer.kind': [0, 0.2] })).toEqual([2]);
  expect(through({ [GOAL]: [0, 1] })).toEqual([0, 1, 2]);
});

test('axes change places', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b'], 1, 2)).toEqual(['a', 'b']);
});

test('how long the rest takes is judged by what is done', () => {
  // A grid of 5 × 2 × 2 trials of two epochs, of which three took ten seconds each.
  expect(secondsLeft({ plan, attempts }, 2)).toBe((20 * 2 - 3 * 2) * 5);
  expect(secondsLeft({ plan, attempts: attempts.slice(3) }, 2)).toBeUndefined();
});
