import { expect, test } from 'vitest';
import { describeFile, describeLosses, describeVerification } from './describeExport.ts';

test('a verified export says by whom, how close and on how much', () => {
  const verification = {
    status: 'verified',
    maximumDifference: 2.4e-7,
    relativeDifference: 2.4e-7,
    samples: 12,
    runtime: 'onnxruntime',
  } as const;
  expect(describeVerification(verification)).toEqual({
    tone: 'success',
    text: 'Verified by onnxruntime: maximum difference 2.4e-7 on 12 samples.',
  });
});

test('a difference is a warning not to use the file', () => {
  const verification = {
    status: 'differs',
    maximumDifference: 0.3,
    relativeDifference: 0.3,
    samples: 1,
    runtime: 'onnxruntime',
  } as const;
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

test('what folding and float16 did is told', () => {
  const nothing = { tensors: 0, clamped: 0, vanished: 0 };
  expect(describeLosses({ folding: null, losses: nothing })).toEqual([]);
  const told = describeLosses({ folding: { folded: 3, left: 1 }, losses: { tensors: 2, clamped: 1, vanished: 40 } });
  expect(told).toEqual([
    '3 batch norms are folded into weights. 1 stay: nothing before them could take them in.',
    '1 weight beyond what float16 holds became its largest number, 65 504.',
    '40 weights too small for float16 became zero.',
  ]);
});
