import { expect, test } from 'vitest';
import { stridePhases } from './stridePhases.ts';

const cases = [1, 2, 3, 4].flatMap((stride) =>
  [1, 2, 3].flatMap((dilation) =>
    [1, 2, 3, 7].flatMap((kernel) => [0, 1, 3].map((before) => [9, kernel, stride, dilation, before] as const)),
  ),
);

test.each(cases)(
  'axis of %i, kernel %i, stride %i, dilation %i, %i before',
  (size, kernel, stride, dilation, before) => {
    const { phases, tapStep, places, mostTaps } = stridePhases(size, kernel, stride, dilation, before);
    const found: string[] = [];
    for (const { origin, firstTap, taps } of phases) {
      expect(taps).toBeLessThanOrEqual(mostTaps);
      for (let i = 0; i < places; i++) {
        const place = origin + i * stride;
        for (let t = 0; place < size && t < taps; t++) found.push(`${place} ${firstTap + t * tapStep}`);
      }
    }
    const expected: string[] = [];
    for (let place = 0; place < size; place++) {
      for (let tap = 0; tap < kernel; tap++) {
        if ((((place + before - tap * dilation) % stride) + stride) % stride === 0) expected.push(`${place} ${tap}`);
      }
    }
    // Every place with every weight that reaches it through some output, inside or outside, and nothing else.
    expect(found.toSorted()).toEqual(expected.toSorted());
  },
);

test('a gradient with stride 2 multiplies a quarter of what all weights would', () => {
  const along = stridePhases(56, 3, 2, 1, 0);
  const taps = along.phases.reduce((sum, phase) => sum + phase.taps * along.places, 0);
  expect((taps * taps) / (56 * 3) ** 2).toBe(1 / 4);
});
