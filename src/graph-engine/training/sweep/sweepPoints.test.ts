import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ParameterValue } from '../../document/schema.ts';
import { gridValues } from './axisValues.ts';
import { axisTextOf, parseAxis } from './axisText.ts';
import type { SweepAxis, SweepRange } from './sweepPlan.ts';
import { pointOf, trialCount } from './sweepPoints.ts';

const range: fc.Arbitrary<SweepRange> = fc.oneof(
  fc.record({
    kind: fc.constant('values' as const),
    values: fc.uniqueArray(fc.nat(99), { minLength: 1, maxLength: 5 }),
  }),
  fc
    .record({
      kind: fc.constantFrom('linear' as const, 'log' as const),
      from: fc.integer({ min: 1, max: 50 }),
      length: fc.integer({ min: 1, max: 50 }),
      steps: fc.integer({ min: 2, max: 6 }),
      integer: fc.constantFrom(true as const, undefined),
    })
    .map(({ length, integer, ...ends }) => ({
      ...ends,
      to: ends.from + length,
      ...(integer !== undefined && { integer }),
    })),
);
const axes: fc.Arbitrary<SweepAxis[]> = fc
  .array(range, { minLength: 1, maxLength: 4 })
  .map((ranges) => ranges.map((one, index) => ({ paths: [`a${index}`], range: one })));

test('a grid asks for every combination exactly once', () => {
  fc.assert(
    fc.property(axes, (some) => {
      const plan = { axes: some, strategy: { kind: 'grid' as const } };
      const points = Array.from({ length: trialCount(plan) }, (_, trial) => JSON.stringify(pointOf(plan, trial)));
      let product: ParameterValue[][] = [[]];
      for (const { range: one } of some)
        product = product.flatMap((point) => gridValues(one).map((value) => [...point, value]));
      expect(points).toEqual(product.map((point) => JSON.stringify(point)));
      expect(new Set(points).size).toBe(points.length);
    }),
  );
});

test('drawn points stay in their ranges, and follow from the seed and their number alone', () => {
  fc.assert(
    fc.property(axes, fc.nat(1000), fc.integer({ min: 2, max: 30 }), (some, seed, trials) => {
      const plan = { axes: some, strategy: { kind: 'random' as const, trials, seed } };
      const longer = { axes: some, strategy: { ...plan.strategy, trials: 100 } };
      for (let trial = 0; trial < trials; trial++) {
        const point = pointOf(plan, trial);
        expect(point).toEqual(pointOf(longer, trial));
        some.forEach(({ range: one }, axis) => {
          const value = point[axis] ?? Number.NaN;
          if (one.kind === 'values') expect(one.values).toContain(value);
          else {
            expect(value).toBeGreaterThanOrEqual(one.from);
            expect(value).toBeLessThanOrEqual(one.to);
            if (one.integer === true) expect(Number.isInteger(value)).toBe(true);
          }
        });
      }
    }),
  );
});

test('other seeds draw other points, axes are drawn apart, and each part of a range is as likely as another', () => {
  const axis = (kind: 'linear' | 'log'): SweepAxis => ({ paths: [kind], range: { kind, from: 1e-4, to: 1, steps: 5 } });
  const draw = (seed: number) =>
    Array.from({ length: 400 }, (_, trial) =>
      pointOf({ axes: [axis('log'), axis('linear')], strategy: { kind: 'random', trials: 400, seed } }, trial).map(
        Number,
      ),
    );
  const [one, other] = [draw(1), draw(2)];
  expect(one).not.toEqual(other);
  // A fourth of the values by factors lies in each decade; 400 draws are within 4 standard deviations (35) of 100.
  for (const decade of [1e-4, 1e-3, 1e-2, 1e-1]) {
    const inside = one.filter(([value = 0]) => value >= decade && value < decade * 10).length;
    expect(Math.abs(inside - 100)).toBeLessThan(35);
  }
  expect(one.filter(([, value = 0]) => value > 0.5).length).toBeGreaterThan(160);
  const whole = Array.from({ length: 300 }, (_, trial) =>
    pointOf(
      {
        axes: [{ paths: ['a'], range: { kind: 'linear', from: 1, to: 3, steps: 2, integer: true } }],
        strategy: { kind: 'random', trials: 300, seed: 5 },
      },
      trial,
    ),
  ).map(String);
  for (const value of ['1', '2', '3']) expect(whole.filter((one) => one === value).length).toBeGreaterThan(65);
});

test('grids have round ends, equal factors or distances, and whole numbers once', () => {
  const values = (text: string) => {
    const parsed = parseAxis(`a=${text}`);
    return parsed.ok ? gridValues(parsed.axis.range) : parsed.problem.code;
  };
  expect(values('log(1e-4,1e-1,4)')).toEqual([0.0001, 0.001, 0.01, 0.1]);
  expect(values('linear(0,1)')).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(values('int(1,3,5)')).toEqual([1, 2, 3]);
  expect(values('logint(8,64,4)')).toEqual([8, 16, 32, 64]);
  expect(values('log(0.1,0.4,2)')).toEqual([0.1, 0.4]);
});

test('an axis can be written and read back', () => {
  for (const text of [
    'training.learningRate=log(0.0001,0.1,5)',
    'conv1.filters+conv2.filters=16,32,64',
    'training.optimizer.kind=adam,momentum',
    'stage1.projection=true,false',
    'conv1.kernel=[3,3],[5,5]',
    'training.classWeights.weights="1, 1, 5"',
    'depth.repeat=int(1,9,3)',
    'training.data="3",three',
  ]) {
    const parsed = parseAxis(text);
    expect(parsed.ok && axisTextOf(parsed.axis)).toBe(text);
  }
  for (const text of [
    '',
    'a',
    '=1',
    'a=',
    'a=log(1)',
    'a=log(1,x)',
    '+b=1',
    'a=1,,2',
    'a=log(1,2,1)',
    'a=cube(1,2)x,',
  ]) {
    const parsed = parseAxis(text);
    expect([text, parsed.ok ? '' : parsed.problem.code]).toEqual([text, 'sweep/axis-text']);
  }
});
