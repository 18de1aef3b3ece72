import { expect, test } from 'vitest';
import { describeFile, describeVerification } from './describeExport.ts';

test('a verified export says by whom, how close and on how much', () => {
  const verification = { status: 'verified', maximumDifference: 2.4e-7, samples: 12, runtime: 'onnxruntime' } as const;
  expect(describeVerification(verification)).toEqual({
    tone: 'success',
    text: 'Verified by onnxruntime: maximum difference 2.4e-7 on 12 samples.',
  });
});

test('a difference is a warning not to use the file', () => {
  const verification = { status: 'differs', maximumDifference: 0.3, samples: 1, runtime: 'onnxruntime' } as const;
  expect(describeVerification(verification)).toMatchObject({ tone: 'danger' });
  expect(describeVerification(verification).text).toContain('3.0e-1 on 1 sample.');
});

test('what could not be verified says why', () => {
  expect(describeVerification({ status: 'not-verified', reason: 'onnxruntime is missing.' }).text).toBe(
    'Written, but not verified: onnxruntime is missing.',
  );
});

test('the file is described', () => {
  expect(describeFile({ bytes: 1_100_000, opset: 21, weights: 'trained' })).toBe('1.1 MB, trained weights, opset 21');
});
