import { expect, test } from 'vitest';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { dataFit, scheduleCurve, stepsPerEpoch } from './scheduleCurve.ts';

const settings = TrainingSettings.parse({ epochs: 2, batchSize: 10, validationShare: 0.2, learningRate: 1 });
const digits = { id: 'digits', title: 'Digits', description: '', height: 8, width: 8, channels: 1 };
const data = { ...digits, classes: [], samples: 100, licence: '' };

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

test('what happens to images that do not fit is said', () => {
  expect(dataFit(data, { height: 8, width: 8, channels: 1 })).toBeNull();
  expect(dataFit(data, undefined)).toBeNull();
  expect(dataFit(data, { height: 32, width: 32, channels: 3 })).toBe(
    'Images are resized from 8×8 to 32×32 and repeated over 3 channels to fit your Input.',
  );
  expect(dataFit({ ...data, channels: 3 }, { height: 8, width: 8, channels: 1 })).toBe(
    'Images are averaged to 1 channel to fit your Input.',
  );
});
