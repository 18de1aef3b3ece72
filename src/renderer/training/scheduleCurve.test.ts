import { expect, test } from 'vitest';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { scheduleCurve, stepsPerEpoch } from './scheduleCurve.ts';

const settings = TrainingSettings.parse({ epochs: 2, batchSize: 10, validationShare: 0.2, learningRate: 1 });

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
