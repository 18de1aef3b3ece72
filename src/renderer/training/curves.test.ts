import { expect, test } from 'vitest';
import type { EpochMetrics, Metrics, StepMetrics } from '../../contract/run.ts';
import { curveColumns } from './curves.ts';

function step(epoch: number, loss: number): StepMetrics {
  const rates = { learningRate: 0.001, samplesPerSecond: 100, remaining: 1, elapsed: 1 };
  return { kind: 'step', step: Math.round(epoch * 10), epoch, loss, accuracy: 1 - loss / 4, ...rates };
}

function epochEnd(epoch: number, validationLoss: number): EpochMetrics {
  const rest = { trainLoss: 1, trainAccuracy: 0.5, validationAccuracy: 0.75, best: true, elapsed: 1 };
  return { kind: 'epoch', step: epoch * 10, epoch, validationLoss, ...rest };
}

const metrics: Metrics[] = [step(0.5, 2), step(1, 1), epochEnd(1, 1.5), step(1.5, 0), step(2, NaN), epochEnd(2, 0.5)];

test('the end of an epoch shares its place with the last step', () => {
  expect(curveColumns(metrics, 'loss', { smoothing: 0, logarithmic: false })).toEqual([
    [0.5, 1, 1.5, 2],
    [2, 1, 0, null],
    [2, 1, 0, null],
    [null, 1.5, null, 0.5],
  ]);
});

test('accuracy has its own values, also in runs of older versions', () => {
  const accuracy = { key: 'accuracy', title: 'Accuracy', unit: 'share', better: 'higher' } as const;
  const [, raw, , validation] = curveColumns(metrics, accuracy, { smoothing: 0, logarithmic: false });
  expect(raw.slice(0, 3)).toEqual([0.5, 0.75, 1]);
  expect(validation).toEqual([null, 0.75, null, 0.75]);
});

test('any measure of the run has a curve, with gaps where a report lacks it', () => {
  const perplexity = { key: 'perplexity', title: 'Perplexity', unit: 'number', better: 'lower' } as const;
  const measured: Metrics[] = [
    { ...step(1, 2), measures: { perplexity: 7.4 } },
    { ...epochEnd(1, 2), validationMeasures: { perplexity: 8.2 } },
    step(2, 900),
  ];
  const [, raw, , validation] = curveColumns(measured, perplexity, { smoothing: 0, logarithmic: false });
  expect(raw).toEqual([7.4, null]);
  expect(validation).toEqual([8.2, null]);
});

test('a logarithmic axis leaves zero out', () => {
  const [, raw] = curveColumns(metrics, 'loss', { smoothing: 0, logarithmic: true });
  expect(raw).toEqual([2, 1, null, null]);
});

test('a long run is thinned, but keeps spikes, every validation and the end', () => {
  const long: Metrics[] = [];
  for (let number = 1; number <= 50_000; number++) {
    long.push(step(number / 1000, number === 12_345 ? 9 : 1));
    if (number % 1000 === 0) long.push(epochEnd(number / 1000, 0.5));
  }
  const [epochs, raw, , validation] = curveColumns(long, 'loss', { smoothing: 0.6, logarithmic: false });
  expect(epochs.length).toBeLessThan(3200);
  expect(Math.max(...raw.map((value) => value ?? 0))).toBe(9);
  expect(validation.filter((value) => value !== null)).toHaveLength(50);
  expect(epochs.at(-1)).toBe(50);
  expect([...epochs].sort((a, b) => a - b)).toEqual(epochs);
});

test('columns have equal lengths, also for an empty run', () => {
  for (const some of [[], metrics]) {
    const lengths = curveColumns(some, 'loss', { smoothing: 0.6, logarithmic: false }).map((column) => column.length);
    expect(new Set(lengths).size).toBe(1);
  }
});
