import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomUniform } from '../../../../graph-engine/random/randomUniform.ts';
import { reductions } from './functions.ts';
import { createArena } from './testing/createArena.ts';
import { demandClose, evaluatePrimitive, someNumbers } from './testing/evaluatePrimitive.ts';

const arena = createArena(4);
const { functions } = arena;

function check(what: string, pointer: number, expected: Float64Array | undefined, terms = 1): void {
  if (expected === undefined) throw new Error(`the reference gave no ${what}`);
  demandClose(what, arena.floats(pointer, expected.length), expected, terms);
}

test('reductions over the middle axis, of rows and of columns', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(1100)),
      fc.constantFrom(1, 1, 2, 3, 4, 17, 40),
      (outer, count, inner) => {
        const x = someNumbers([outer, count, inner], 1);
        const [px, py] = [arena.put(x.data), arena.room(outer * inner)];
        const attributes = { axes: [1], keepDims: false };
        const dims = [outer, inner];
        functions.reduce(reductions.sum, px, py, outer, count, inner);
        check('sum', py, evaluatePrimitive('reduceSum', [x], attributes, [dims])[0], Math.sqrt(count));
        functions.reduce(reductions.mean, px, py, outer, count, inner);
        check('mean', py, evaluatePrimitive('reduceMean', [x], attributes, [dims])[0]);
        functions.reduce(reductions.max, px, py, outer, count, inner);
        check('max', py, evaluatePrimitive('reduceMax', [x], attributes, [dims])[0], 0);
        functions.argMax(px, py, outer, count, inner);
        const [places] = evaluatePrimitive('argMax', [x], { axis: 1 }, [dims]);
        expect([...arena.integers(py, outer * inner)]).toEqual([...(places ?? [])]);
        functions.l2Loss(px, py, x.data.length);
        check('l2Loss', py, evaluatePrimitive('l2Loss', [x], {}, [[]])[0]);
        arena.clear();
      },
    ),
    { numRuns: 25, seed: 20 },
  );
});

test('a sum of very many numbers keeps its digits', () => {
  const count = 500_000;
  const px = arena.put(new Float32Array(count).fill(0.1));
  const py = arena.room(1);
  functions.reduce(reductions.sum, px, py, 1, count, 1);
  const exact = Math.fround(0.1) * count;
  expect(Math.abs((arena.floats(py, 1)[0] ?? 0) - exact) / exact).toBeLessThan(2e-6);
  arena.clear();
});

test('updates of the optimizers', () => {
  const count = 11;
  const [weights, gradient, slot, second] = [1, 2, 3, 4].map((seed) => someNumbers([count], seed));
  if (!weights || !gradient || !slot || !second) throw new Error('four are wanted');
  const squares = second.data.map(Math.abs);
  const scalar = (value: number) => ({ dims: [], data: Float32Array.of(value) });
  const variables = () => ({
    w: Float64Array.from(weights.data),
    m: Float64Array.from(slot.data),
    v: Float64Array.from(squares),
  });
  const [pw, pg, pm, pv] = [arena.room(count), arena.put(gradient.data), arena.room(count), arena.room(count)];
  const compare = (
    what: string,
    update: () => void,
    reference: (variables: Record<string, Float64Array>) => void,
  ): void => {
    arena.floats(pw, count).set(weights.data);
    arena.floats(pm, count).set(slot.data);
    arena.floats(pv, count).set(squares);
    const expected = variables();
    update();
    reference(expected);
    check(`${what}: variable`, pw, expected.w);
    check(`${what}: first slot`, pm, expected.m);
    check(`${what}: second slot`, pv, expected.v);
  };
  const rate = Math.fround(0.05);
  compare(
    'gradient descent',
    () => functions.applyGradientDescent(pw, pg, count, rate),
    (v) => evaluatePrimitive('applyGradientDescent', [scalar(rate), gradient], { name: 'w' }, [], v),
  );
  for (const nesterov of [false, true]) {
    compare(
      'momentum',
      () => functions.applyMomentum(pw, pm, pg, count, rate, 0.9, nesterov ? 1 : 0),
      (v) =>
        evaluatePrimitive(
          'applyMomentum',
          [scalar(rate), gradient],
          { name: 'w', slot: 'm', momentum: 0.9, nesterov },
          [],
          v,
        ),
    );
  }
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const [power1, power2] = [Math.fround(beta1 ** 3), Math.fround(beta2 ** 3)];
  compare(
    'Adam',
    () => functions.applyAdam(pw, pm, pv, pg, count, rate, beta1, beta2, epsilon, power1, power2),
    (v) =>
      evaluatePrimitive(
        'applyAdam',
        [scalar(rate), gradient, scalar(power1), scalar(power2)],
        { name: 'w', first: 'm', second: 'v', beta1, beta2, epsilon },
        [],
        v,
      ),
  );
  arena.clear();
});

test('random numbers, bit for bit', () => {
  for (const [seed0, seed1, stream, count] of [
    [1, 2, 3, 10],
    [-5, 0x7fffffff, 0, 1023],
  ] as const) {
    const py = arena.room(count);
    functions.randomUniform(seed0, seed1, stream, py, count);
    const expected = new Float32Array(count);
    randomUniform([seed0, seed1], stream, expected);
    expect(arena.floats(py, count)).toEqual(expected);
    arena.clear();
  }
});

test('transposed, strided, filled, gathered and scattered', () => {
  for (const [outer, rows, columns] of [
    [2, 5, 7],
    [1, 64, 33],
    [3, 1, 6],
    [1, 4, 100],
  ] as const) {
    const x = someNumbers([outer, rows, columns], 1);
    const [px, py] = [arena.put(x.data), arena.room(x.data.length)];
    functions.transpose(px, py, outer, rows, columns);
    check('y', py, evaluatePrimitive('transpose', [x], { permutation: [0, 2, 1] }, [[outer, columns, rows]])[0], 0);
    arena.clear();
  }
  const x = someNumbers([2, 3, 4, 5], 1);
  for (const permutation of [
    [0, 2, 1, 3],
    [3, 1, 0, 2],
  ] as const) {
    const strides = [60, 20, 5, 1];
    const dims = permutation.map((axis) => x.dims[axis] ?? 0);
    const [d0 = 0, d1 = 0, d2 = 0, d3 = 0] = dims;
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = permutation.map((axis) => strides[axis] ?? 0);
    const [px, py, pz] = [arena.put(x.data), arena.room(120), arena.room(120)];
    functions.copyStrided(px, py, d0, d1, d2, d3, s0, s1, s2, s3);
    check('y', py, evaluatePrimitive('transpose', [x], { permutation }, [dims])[0], 0);
    functions.placeStrided(py, pz, d0, d1, d2, d3, s0, s1, s2, s3);
    check('x', pz, Float64Array.from(x.data), 0);
    functions.fill(pz, 119, 0.5);
    expect([...arena.floats(pz, 120)]).toEqual([...new Array<number>(119).fill(0.5), x.data[119]]);
    arena.clear();
  }
  const indices = { dims: [4], data: Int32Array.of(2, 0, 2, 1) };
  const [table, rows] = [someNumbers([2, 3, 5], 1), someNumbers([4, 5], 2)];
  const [pt, pi, py, pr, ps] = [
    arena.put(table.data),
    arena.put(indices.data),
    arena.room(40),
    arena.put(rows.data),
    arena.room(15),
  ];
  expect(functions.gather(pt, pi, py, 2, 3, 4, 5)).toBe(0);
  check('y', py, evaluatePrimitive('gather', [table, indices], { axis: 1 }, [[2, 4, 5]])[0], 0);
  expect(functions.unsortedSegmentSum(pr, pi, ps, 4, 3, 5)).toBe(0);
  check('sums', ps, evaluatePrimitive('unsortedSegmentSum', [rows, indices], { count: 3 }, [[3, 5]])[0], 4);
  arena.integers(pi, 4)[1] = -1;
  expect(functions.gather(pt, pi, py, 2, 3, 4, 5)).toBe(1);
  expect(functions.unsortedSegmentSum(pr, pi, ps, 4, 3, 5)).toBe(1);
  arena.clear();
});
