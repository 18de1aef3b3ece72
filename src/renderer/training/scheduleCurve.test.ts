import { expect, test } from 'vitest';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { scheduleCurve, stepsPerEpoch, worstScheduleCurve } from './scheduleCurve.ts';

const settings = TrainingSettings.parse({ epochs: 2, batchSize: 10, validationShare: 0.2, learningRate: 1 });

test('a plateau schedule is drawn for the best and for the worst that can come', () => {
  const plateau = {
    ...settings,
    epochs: 8,
    schedule: { kind: 'plateau', factor: 0.1, patience: 1, lowestRate: 0.005 },
  } as const;
  expect(scheduleCurve(plateau, 100, 4)).toEqual([1, 1, 1, 1]);
  // One point an epoch: the first is the best so far, and after two that are no better the rate drops.
  const worst = worstScheduleCurve(plateau, 12, 8) ?? [];
  expect(worst.map((rate) => Number(rate.toFixed(4)))).toEqual([1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.005]);
  expect(worstScheduleCurve(settings, 100, 4)).toBeUndefined();
});

test('the last batch of an epoch may be smaller', () => {
  expect(stepsPerEpoch(settings, 100)).toBe(8);
  expect(stepsPerEpoch(settings, 101)).toBe(9);
  expect(stepsPerEpoch(settings, 0)).toBe(1);
});

test('a constant schedule is flat, a cosine falls from the full rate to nearly nothing', () => {
  expect(scheduleCurve(settings, 100, 3)).toEqual([1, 1, 1]);
  const cosine = scheduleCurve({ ...settings, schedule: { kind: 'cosine', warmupSteps: 0 } }, 100, 5);
  expect(cosine[0]).toBe(1);
  expect(cosine.at(-1)).toBeLessThan(0.02);
  expect([...cosine].sort((a, b) => b - a)).toEqual(cosine);
});
