import fc from 'fast-check';
import { expect, test } from 'vitest';
import { permuteAxes, permutedDims } from './permuteAxes.ts';

const tensor = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 5 }).chain((dims) =>
  fc.record({
    dims: fc.constant(dims),
    permutation: fc.shuffledSubarray([...dims.keys()], { minLength: dims.length, maxLength: dims.length }),
  }),
);

test('every element lands where the definition says', () => {
  fc.assert(
    fc.property(tensor, ({ dims, permutation }) => {
      const source = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i);
      const sizes = permutedDims(dims, permutation);
      const result = permuteAxes(source, dims, permutation);
      for (const [at, value] of result.entries()) {
        const index = indexOf(at, sizes);
        const from: number[] = [];
        for (const [i, axis] of permutation.entries()) from[axis] = index[i] ?? NaN;
        expect(value).toBe(offsetOf(from, dims));
      }
    }),
  );
});

test('a convolution kernel goes from height, width, in, out to out, in, height, width', () => {
  const kernel = Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i);
  expect(permutedDims([2, 3, 4, 5], [3, 2, 0, 1])).toEqual([5, 4, 2, 3]);
  // Element [h=1, w=2, in=3, out=4] is the last one in both orders; [0, 0, 0, 1] starts the second filter.
  const result = permuteAxes(kernel, [2, 3, 4, 5], [3, 2, 0, 1]);
  expect([result.at(-1), result[4 * 2 * 3]]).toEqual([kernel.at(-1), 1]);
});

test.each([[[0]], [[0, 0]], [[0, 2]], [[0, 1, 2]]])('%j is no permutation of two axes', (permutation) => {
  expect(() => permuteAxes(new Float32Array(4), [2, 2], permutation)).toThrow('Permutation');
});

function indexOf(offset: number, dims: readonly number[]): number[] {
  const index: number[] = [];
  let rest = offset;
  for (const size of dims.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

function offsetOf(index: readonly number[], dims: readonly number[]): number {
  return dims.reduce((offset, size, i) => offset * size + (index[i] ?? NaN), 0);
}
