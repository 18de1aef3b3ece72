import { expect, test } from 'vitest';
import type { EpochMetrics, Metrics, StepMetrics } from '../../contract/run.ts';
import { createCurveBuilder, type CurveFigure, type CurveOptions } from './curves.ts';

const usual: CurveOptions = { axis: 'epoch', smoothing: 0, logarithmic: false };
const curveColumns = (metrics: readonly Metrics[], figure: CurveFigure, options: Partial<CurveOptions> = {}) =>
  createCurveBuilder(figure, { ...usual, ...options }).update(metrics);

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
  expect(curveColumns(metrics, 'loss')).toEqual([
    [0.5, 1, 1.5, 2],
    [2, 1, 0, null],
    [2, 1, 0, null],
    [null, 1.5, null, 0.5],
  ]);
});

test('accuracy has its own values, also in runs of older versions', () => {
  const accuracy = { key: 'accuracy', title: 'Accuracy', unit: 'share', better: 'higher' } as const;
  const [, raw, , validation] = curveColumns(metrics, accuracy);
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
  const [, raw, , validation] = curveColumns(measured, perplexity);
  expect(raw).toEqual([7.4, null]);
  expect(validation).toEqual([8.2, null]);
});

test('a logarithmic axis leaves zero out', () => {
  const [, raw] = curveColumns(metrics, 'loss', { logarithmic: true });
  expect(raw).toEqual([2, 1, null, null]);
});

test('curves stand over epochs, steps or the time', () => {
  expect(curveColumns(metrics, 'loss', { axis: 'step' })[0]).toEqual([5, 10, 15, 20]);
  // All of these were told in the first second.
  expect(curveColumns(metrics, 'loss', { axis: 'time' })[0]).toEqual([1]);
});

test('metrics that come are added to what is there, and a run that goes back begins anew', () => {
  const options: CurveOptions = { ...usual, smoothing: 0.5 };
  const builder = createCurveBuilder('loss', options);
  const first = builder.update(metrics.slice(0, 2));
  expect(builder.update(metrics)).toBe(first);
  expect(first).toEqual(createCurveBuilder('loss', options).update(metrics));
  const other = [step(0.5, 2), step(0.7, 3)];
  expect(builder.update(other)).toEqual(createCurveBuilder('loss', options).update(other));
});

test('smoothing begins at the first value, keeps a constant, and passes over gaps', () => {
  const [, , constant] = curveColumns([step(1, 2), step(2, 2), step(3, 2)], 'loss', { smoothing: 0.9 });
  for (const value of constant) expect(value).toBeCloseTo(2, 12);
  const [, , gaps] = curveColumns([step(1, 4), step(2, NaN), step(3, 1)], 'loss', { smoothing: 0.5 });
  // (0.25 * 4 + 0.5 * 1) / 0.75
  expect(gaps).toEqual([4, null, 2]);
});

test('tens of thousands of points are added in the time of a frame', () => {
  const long: Metrics[] = Array.from({ length: 50_000 }, (_, number) => step((number + 1) / 1000, 1));
  const builder = createCurveBuilder('loss', { ...usual, smoothing: 0.6 });
  builder.update(long);
  const began = performance.now();
  const [places] = builder.update([...long, step(51, 1)]);
  expect(places).toHaveLength(50_001);
  // One point is added, not fifty thousand: generous for a busy machine, far below what all of them take.
  expect(performance.now() - began).toBeLessThan(16);
});

test('columns have equal lengths, also for an empty run', () => {
  for (const some of [[], metrics]) {
    const lengths = curveColumns(some, 'loss', { smoothing: 0.6 }).map((column) => column.length);
    expect(new Set(lengths).size).toBe(1);
  }
});
