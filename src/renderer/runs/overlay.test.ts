import { expect, test } from 'vitest';
import type { Metrics, RunSummary } from '../../contract/run.ts';
import { curveOf, joinCurves, overlayFigures, thinCurve, valueAt, wholeRange } from './overlay.ts';
import { markAt, markedPoints } from './runMarks.ts';

const run: RunSummary = { id: 'a', name: 'n', data: 'd', started: 0, state: { status: 'finished' }, epochs: 2 };
const figures = overlayFigures([run, run]);
const figureNamed = (key: string) => {
  const found = figures.find((figure) => figure.key === key);
  if (found === undefined) throw new Error(`There is no ${key}`);
  return found;
};

const step = (number: number, loss: number): Metrics => ({
  ...{ kind: 'step', step: number, epoch: number / 4, loss, accuracy: 0.5 },
  ...{ learningRate: 0.1, samplesPerSecond: 9, remaining: 0, elapsed: number * 10 },
});
const epoch = (number: number, validationLoss: number): Metrics => ({
  ...{
    kind: 'epoch',
    step: number,
    epoch: number / 4,
    trainLoss: 1,
    validationLoss,
    best: false,
    elapsed: number * 10,
  },
});
const metrics = [step(1, 4), step(2, 2), step(4, Number.NaN), epoch(4, 3), step(6, 0), step(8, 1), epoch(8, 2)];
const plain = { axis: 'step', smoothing: 0, logarithmic: false } as const;

test('each figure takes its own reports, over the chosen axis; what is no number is left out', () => {
  expect(figures.map(({ key }) => key)).toEqual([
    ...['validation loss', 'train loss', 'validation accuracy', 'train accuracy', 'learning rate', 'speed', 'memory'],
  ]);
  expect(curveOf(metrics, figureNamed('train loss'), plain)).toEqual({ places: [1, 2, 6, 8], values: [4, 2, 0, 1] });
  expect(curveOf(metrics, figureNamed('validation loss'), { ...plain, axis: 'time' })).toEqual({
    places: [40, 80],
    values: [3, 2],
  });
  expect(curveOf(metrics, figureNamed('train loss'), { ...plain, axis: 'epoch', logarithmic: true }).places).toEqual([
    0.25, 0.5, 2,
  ]);
  expect(curveOf(metrics, figureNamed('memory'), plain).places).toEqual([]);
});

test('only what comes with every step is smoothed', () => {
  const smoothed = { ...plain, smoothing: 0.5 };
  expect(curveOf(metrics, figureNamed('train loss'), smoothed).values[1]).toBeCloseTo((4 * 0.25 + 2 * 0.5) / 0.75, 12);
  expect(curveOf(metrics, figureNamed('validation loss'), smoothed).values).toEqual([3, 2]);
});

test('a long curve is thinned without losing a peak or its ends, and to what is to be seen', () => {
  const places = Array.from({ length: 100_000 }, (_, index) => index);
  const values = places.map((place) => (place === 54_321 ? 99 : Math.sin(place / 500)));
  const thin = thinCurve({ places, values }, null, 1000);
  expect(thin.places.length).toBeLessThanOrEqual(1002);
  expect([thin.places[0], thin.places.at(-1)]).toEqual([0, 99_999]);
  expect(Math.max(...thin.values)).toBe(99);
  expect(thin.places).toEqual([...thin.places].sort((a, b) => a - b));
  expect(thinCurve({ places, values }, { from: 10, to: 12.5 }).places).toEqual([9, 10, 11, 12, 13, 14]);
});

test('curves with places of their own share one table', () => {
  const [one, other] = [
    { places: [1, 3], values: [10, 30] },
    { places: [2, 3, 5], values: [2, 3, 5] },
  ];
  expect(joinCurves([one, other])).toEqual([
    [1, 2, 3, 5],
    [10, null, 30, null],
    [null, 2, 3, 5],
  ]);
  expect([0, 1, 2, 3, 9].map((place) => valueAt(one, place))).toEqual([undefined, 10, 10, 30, 30]);
  expect(wholeRange([one, other])).toEqual({ from: 1, to: 5 });
  expect(wholeRange([])).toEqual({ from: 0, to: 1 });
});

test('twelve runs side by side differ without their colours', () => {
  const looks = Array.from({ length: 12 }, (_, slot) => markAt(slot)).map(
    ({ dash, marker }) => `${marker} ${dash.join()}`,
  );
  expect(new Set(looks).size).toBe(12);
  expect(markedPoints(3)).toEqual([0, 1, 2]);
  expect(markedPoints(100, 4)).toEqual([0, 33, 66, 99]);
});
