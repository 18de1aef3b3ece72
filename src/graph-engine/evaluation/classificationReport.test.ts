import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { classificationReport } from './classificationReport.ts';

const figures = z.array(z.number().nullable());
const golden = z
  .object({
    truth: z.array(z.int()),
    predicted: z.array(z.int()),
    confidence: z.array(z.number()),
    accuracy: z.number(),
    confusion: z.array(z.array(z.int())),
    precision: figures,
    recall: figures,
    f1: figures,
    support: z.array(z.int()),
    macroF1: z.number(),
    calibrationError: z.number(),
  })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, '../../../tests/golden/classification.json'), 'utf8')));
const report = classificationReport(4, golden);

test('counts what scikit-learn counts', () => {
  expect(report.samples).toBe(60);
  expect(report.confusion).toEqual(golden.confusion);
  expect(report.accuracy).toBeCloseTo(golden.accuracy, 12);
  expect(report.classes.map(({ support }) => support)).toEqual(golden.support);
});

test.each(['precision', 'recall', 'f1'] as const)(
  'has its %s of each class, and none where there is nothing',
  (name) => {
    for (const [index, expected] of golden[name].entries()) {
      const found = report.classes[index]?.[name];
      if (expected === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(expected, 12);
    }
  },
);

test('takes the mean over classes that occur', () => {
  expect(report.macroF1).toBeCloseTo(golden.macroF1, 12);
});

test('has the calibration error of Guo et al.', () => {
  expect(report.calibrationError).toBeCloseTo(golden.calibrationError, 9);
  expect(report.calibration.reduce((sum, { count }) => sum + count, 0)).toBe(60);
});

test('a network that is right and says so is calibrated', () => {
  const sure = classificationReport(2, { truth: [0, 1, 1], predicted: [0, 1, 1], confidence: [1, 1, 1] });
  expect(sure).toMatchObject({ accuracy: 1, macroF1: 1, calibrationError: 0 });
});

test('nothing to look at gives no figures rather than wrong ones', () => {
  const none = classificationReport(2, { truth: [], predicted: [], confidence: [] });
  expect(none).toMatchObject({ samples: 0, accuracy: 0, macroF1: 0, calibrationError: 0 });
});

test('a class that there is not is a mistake of the caller', () => {
  expect(() => classificationReport(2, { truth: [2], predicted: [0], confidence: [1] })).toThrow(RangeError);
});
