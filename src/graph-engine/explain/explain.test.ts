import fc from 'fast-check';
import { expect, test } from 'vitest';
import { features, image, type TensorType } from '../core/shape.ts';
import { opNamed } from '../ops/index.ts';
import { explainOutput } from './opShapes.ts';
import { fitSizeExpression, writeSizeExpression } from './sizeExpression.ts';
import { nameOfAxis, writeSizeRule } from './sizeRules.ts';

/** The rule of every axis, and what would change it: `height: ⌈height / 2⌉ (stride, padding)`. */
function rules(
  type: string,
  given: Readonly<Record<string, unknown>>,
  ...types: readonly TensorType[]
): readonly string[] {
  const op = opNamed(type);
  if (op === undefined) throw new Error(`There is no op ${type}`);
  const inputs = Object.fromEntries(op.inputs.map((port, i) => [port, types[i] ?? features(1)]));
  const explained = explainOutput(op, op.outputs[0] ?? '', op.parameters.parse(given), inputs);
  return (explained ?? []).map(({ axis, rule, influences }) => {
    const matters = influences.map(({ parameter }) => parameter).join(', ');
    return `${axis}: ${writeSizeRule(rule, (place) => nameOfAxis(inputs, place))}${matters === '' ? '' : ` (${matters})`}`;
  });
}

test('a convolution: what a stride does, what padding does, and that filters are channels', () => {
  expect(rules('conv2d', { filters: 8, stride: 2 }, image(32, 32, 16))).toEqual([
    'height: ⌈height / 2⌉ (stride, padding)',
    'width: ⌈width / 2⌉ (stride, padding)',
    'channels: filters',
  ]);
  expect(rules('conv2d', { kernel: [5, 3], padding: 'valid' }, image(32, 32, 16)).slice(0, 2)).toEqual([
    'height: height − 4 (kernel, stride, padding, dilation)',
    'width: width − 2 (kernel, stride, padding, dilation)',
  ]);
});

test('sizes that come from several places', () => {
  expect(rules('flatten', {}, image(8, 6, 3))).toEqual(['features: height · width · channels']);
  expect(rules('concatenate', {}, image(8, 6, 3), image(8, 6, 5))[2]).toBe('channels: channels of a + channels of b');
  expect(rules('pixelShuffle', {}, image(8, 6, 16))).toEqual([
    'height: height × 2 (factor)',
    'width: width × 2 (factor)',
    'channels: channels / 4 (factor)',
  ]);
});

test('any rounded division is found again from its samples', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: -20, max: 60 }), (divisor, offset) => {
      const of = (size: number): number => Math.floor((size + offset) / divisor);
      const samples = Array.from({ length: 160 }, (_, i) => [i + 21, of(i + 21)] as const);
      const found = fitSizeExpression(samples);
      if (found === undefined) return false;
      return samples.every(
        ([size, result]) => Math.floor((found.scale * size + found.offset) / found.divisor) === result,
      );
    }),
  );
  expect(
    fitSizeExpression([
      [1, 1],
      [2, 4],
      [3, 9],
      [4, 16],
    ]),
  ).toBeUndefined();
  expect(writeSizeExpression({ scale: 1, divisor: 3, offset: -2, roundsUp: false, exact: false }, 'width')).toBe(
    '⌊(width − 2) / 3⌋',
  );
});
