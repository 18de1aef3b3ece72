import { expect, test } from 'vitest';
import type { Variable } from '../program/program.ts';
import { integerBelow } from './distributions.ts';
import { initialize } from './initialize.ts';
import { permutation } from './permutation.ts';
import { createWordStream, philox, uniformFloat, type Key } from './philox.ts';
import { randomUniform } from './randomUniform.ts';

function block(counter: readonly [number, number, number, number], key: Key): string[] {
  const out = new Uint32Array(4);
  philox(...counter, key, out);
  return [...out].map((word) => word.toString(16).padStart(8, '0'));
}

test('gives the known answers of Random123', () => {
  expect(block([0, 0, 0, 0], [0, 0])).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
  expect(block([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toEqual([
    '408f276d',
    '41c83b0e',
    'a20bc7c6',
    '6d5451fd',
  ]);
  expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
    'd16cfe09',
    '94fdcceb',
    '5001e420',
    '24126ea1',
  ]);
});

test('takes negative int32 seeds as the words with the same bits', () => {
  expect(block([-1, -1, -1, -1], [-1, -1])).toEqual(
    block([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], [2 ** 32 - 1, 2 ** 32 - 1]),
  );
});

test('makes floats the way that reinterpreting an exponent of one does', () => {
  const bits = new DataView(new ArrayBuffer(4));
  for (const word of [0, 1, 0x7fffff, 0x800000, 0x6627e8d5, 0xffffffff]) {
    bits.setUint32(0, (word & 0x7fffff) | 0x3f800000);
    expect(uniformFloat(word)).toBe(bits.getFloat32(0) - 1);
  }
});

test('a program draws block after block, and differently for every seed, step and stream', () => {
  const draw = (seed: Key, stream: number): string => {
    const out = new Float32Array(6);
    randomUniform(seed, stream, out);
    return out.join(' ');
  };
  const words = [...block([0, 0, 5, 0], [7, 3]), ...block([1, 0, 5, 0], [7, 3])].map((word) => parseInt(word, 16));
  expect(draw([7, 3], 5)).toBe(words.slice(0, 6).map(uniformFloat).join(' '));
  expect(new Set([draw([7, 3], 5), draw([7, 4], 5), draw([8, 3], 5), draw([7, 3], 6)]).size).toBe(4);
});

test('a program draws what TensorFlow draws', () => {
  // TensorFlow 2.21 on the CPU: StatelessRandomUniformV2([3, 3], Bitcast([-7, 3]), counter [0, 5], alg 1), nine digits.
  const drawn = [
    0.645637631, 0.353095055, 0.20491302, 0.0142608881, 0.591776252, 0.953620553, 0.837968349, 0.111763954, 0.134060383,
  ];
  const out = new Float32Array(9);
  randomUniform([-7, 3], 5, out);
  expect([...out]).toEqual(drawn.map(Math.fround));
});

test('draws look uniform: mean, variance and every sixteenth of the range', () => {
  const out = new Float32Array(160_000);
  randomUniform([1, 2], 3, out);
  const mean = out.reduce((sum, x) => sum + x, 0) / out.length;
  const variance = out.reduce((sum, x) => sum + (x - mean) ** 2, 0) / out.length;
  // Five standard errors: sqrt(1/12/n) for the mean, sqrt(1/180/n) for the variance, sqrt(n p (1-p)) for a count.
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / out.length));
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / out.length));
  const counts = new Array<number>(16).fill(0);
  for (const x of out) counts[Math.floor(x * 16)] = (counts[Math.floor(x * 16)] ?? 0) + 1;
  for (const count of counts)
    expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(160_000 * (1 / 16) * (15 / 16)));
});

test('a permutation has every number once, moves with seed and epoch, and is the same again', () => {
  const once = permutation(4, 1000);
  expect([...once].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(permutation(4, 1000)).toEqual(once);
  expect(permutation(5, 1000)).not.toEqual(once);
  expect(permutation(4, 1000, 1)).not.toEqual(once);
  expect(permutation(4, 0)).toHaveLength(0);
});

test('each order of three is as likely as another', () => {
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 6000; epoch++) {
    const order = permutation(9, 3, epoch).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values())
    expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 * (1 / 6) * (5 / 6)));
});

test('an integer below a bound skips the words that would favour small numbers', () => {
  const words = [0xffffffff, 0xffffffff, 5];
  expect(integerBelow(() => words.shift() ?? 0, 3)).toBe(2);
});

function variable(name: string, initializer: Variable['initializer'], dims = [200, 200]): Variable {
  return { name, dims, dtype: 'float32', initializer, role: 'weight', trainable: true, origin: '' };
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
}

test('initial values have the spread that their rule asks for', () => {
  // 40 000 draws: five standard errors of a deviation are below 2 %.
  const cases: [Variable['initializer'], number][] = [
    [{ kind: 'heNormal', fan: 50 }, 0.2],
    [{ kind: 'normal', standardDeviation: 0.02 }, 0.02],
    // A normal distribution cut at two standard deviations keeps 0.8796 of its spread (Johnson, Kotz and Balakrishnan 1994).
    [{ kind: 'truncatedNormal', standardDeviation: 0.02 }, 0.02 * 0.8796],
    [{ kind: 'glorotUniform', fanIn: 100, fanOut: 50 }, Math.sqrt(6 / 150) / Math.sqrt(3)],
    [{ kind: 'uniform', limit: 0.3 }, 0.3 / Math.sqrt(3)],
  ];
  for (const [initializer, deviation] of cases) {
    const found = moments(initialize(variable('a', initializer), 1));
    expect(Math.abs(found.deviation / deviation - 1), initializer.kind).toBeLessThan(0.02);
    expect(Math.abs(found.mean), initializer.kind).toBeLessThan((5 * deviation) / 200);
  }
  const cut = initialize(variable('a', { kind: 'truncatedNormal', standardDeviation: 0.02 }, [99, 99]), 1);
  expect(cut.every((value) => Math.abs(value) <= Math.fround(0.04))).toBe(true);
  expect([...initialize(variable('a', { kind: 'constant', value: 0.5 }, [2]), 1)]).toEqual([0.5, 0.5]);
  expect([...initialize(variable('a', { kind: 'ones' }, [2]), 1)]).toEqual([1, 1]);
  expect([...initialize(variable('a', { kind: 'zeros' }, [2]), 1)]).toEqual([0, 0]);
  expect(initialize(variable('a', { kind: 'normal', standardDeviation: 1 }, []), 1)).toHaveLength(1);
});

test('initial values depend on the name and the seed, and on nothing else', () => {
  const rule = { kind: 'normal', standardDeviation: 1 } as const;
  const names = Array.from({ length: 300 }, (_, i) => `stage${i % 10}[${Math.floor(i / 10)}].conv.kernel`);
  const starts = names.map((name) => initialize(variable(name, rule, [2]), 1).join());
  expect(new Set(starts).size).toBe(names.length);
  expect(initialize(variable('b', rule), 1)).toEqual(initialize(variable('b', rule), 1));
  expect(initialize(variable('b', rule), 2)).not.toEqual(initialize(variable('b', rule), 1));
});

test('the uses of one seed never share a stream', () => {
  const words = createWordStream([3, 0], 0, 2);
  const other = createWordStream([3, 0], 0, 0);
  expect([words(), words()]).not.toEqual([other(), other()]);
});
