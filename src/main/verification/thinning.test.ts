import { expect, test } from 'vitest';
import { thinned, thinnedDims, thinningFor } from './thinning.ts';

const scores = (positions: number, words: number) => ({
  dtype: 'float32' as const,
  axes: [
    { name: 'sequence' as const, size: positions },
    { name: 'features' as const, size: words },
  ],
});

test('what can be compared in full is', () => {
  expect(thinningFor(scores(64, 96))).toBeUndefined();
  expect(thinningFor(scores(1024, 4096))).toBeUndefined();
});

test("of GPT-2's scores every word at some positions is kept, the last among them", () => {
  const thinning = thinningFor(scores(1024, 50_257));
  expect(thinning).toEqual({ axis: 1, every: 50 });
  expect(thinnedDims([2, 1024, 50_257], thinning)).toEqual([2, 20, 50_257]);
});

test('the numbers that are kept are those of their positions', () => {
  const data = Float32Array.from({ length: 2 * 5 * 3 }, (_, i) => i);
  const { dims, data: left } = thinned({ dims: [2, 5, 3], data }, { axis: 1, every: 2 });
  expect(dims).toEqual([2, 2, 3]);
  expect([...left]).toEqual([3, 4, 5, 9, 10, 11, 18, 19, 20, 24, 25, 26]);
  const last = thinned({ dims: [2, 5, 3], data: Int32Array.from(data) }, { axis: 2, every: 3 });
  expect([...last.data]).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29]);
});
