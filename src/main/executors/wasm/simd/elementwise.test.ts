import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PrimitiveName } from '../../../../graph-engine/program/primitives/index.ts';
import { binaryOperations, unaryOperations } from './functions.ts';
import { createArena } from './testing/createArena.ts';
import { demandClose, evaluatePrimitive, someNumbers } from './testing/evaluatePrimitive.ts';

const arena = createArena(2, { fused: false });
const arenas = [arena, createArena(2, { fused: true })];
const { functions } = arena;

const keysOf = <Key extends string>(codes: Readonly<Record<Key, number>>): Key[] => Object.keys(codes) as Key[];

/** A name that takes no attributes and gives one value. */
function evaluate(
  name: PrimitiveName,
  inputs: Parameters<typeof evaluatePrimitive>[1],
  dims: readonly number[],
): Float64Array {
  const [y] = evaluatePrimitive(name as 'add', inputs, {}, [dims]);
  if (y === undefined) throw new Error(`${name} gave nothing`);
  return y;
}

test.each(keysOf(unaryOperations))('%s of small and large numbers, odd counts and what is no number', (operation) => {
  const grown = someNumbers([61], 4).data.map((value, i) => value * 1.4 ** (i % 16));
  const special = [0, -0, 1, -1, 0.624, 0.9999, 1e-40, 87, 88.8, -87.5, -103, -120, Infinity, -Infinity, Number.NaN];
  const data = Float32Array.of(...grown, ...special);
  const x = { dims: [data.length], data };
  const expected = evaluate(operation, [x], x.dims).map(Math.fround);
  for (const arena of arenas) {
    const px = arena.put(data);
    arena.functions.unary(unaryOperations[operation], px, px, data.length);
    const received = arena.floats(px, data.length);
    expected.forEach((value, i) => {
      // Within four units of the last place of a float32, or what is too small for a normal one.
      const close = Math.abs((received[i] ?? 0) - value) <= Math.abs(value) * 2 ** -21 + 2 ** -126;
      if (close || received[i] === value || Object.is(received[i], value)) return;
      throw new Error(`${operation}(${data[i]}) is ${received[i]}, not ${value}`);
    });
    arena.clear();
  }
});

test.each(keysOf(binaryOperations))('%s of operands that broadcast', (operation) => {
  const size = fc.integer({ min: 1, max: 7 });
  const gradient = operation.endsWith('Grad');
  fc.assert(
    fc.property(fc.tuple(size, size, size, size), fc.nat(15), fc.nat(15), (dims, keptA, keptB) => {
      // A bit of each says along which axes the operand is broadcast; together they have every axis.
      const dimsOf = (kept: number): number[] =>
        dims.map((dim, axis) => (((gradient ? 15 : kept) >> axis) & 1 ? dim : 1));
      const [a, b] = [someNumbers(dimsOf(keptA), 1), someNumbers(dimsOf(keptB | (15 & ~keptA)), 2)];
      a.data.set(b.data.slice(0, 2));
      const stridesOf = (of: readonly number[]): [number, number, number, number] => {
        let stride = 1;
        const strides: [number, number, number, number] = [0, 0, 0, 0];
        for (let axis = 3; axis >= 0; axis--) {
          strides[axis] = of[axis] === 1 ? 0 : stride;
          stride *= of[axis] ?? 1;
        }
        return strides;
      };
      const count = dims[0] * dims[1] * dims[2] * dims[3];
      const [pa, pb, py] = [arena.put(a.data), arena.put(b.data), arena.room(count)];
      functions.binary(binaryOperations[operation], pa, pb, py, ...dims, ...stridesOf(a.dims), ...stridesOf(b.dims));
      demandClose(operation, arena.floats(py, count), evaluate(operation, [a, b], dims));
      arena.clear();
    }),
    { numRuns: 12, seed: 20 },
  );
});

test('select, with numbers that stand for all', () => {
  const condition = { dims: [7], data: Float32Array.of(1, 0, -2, 0, 0, 0.5, 1) };
  const a = { dims: [1], data: Float32Array.of(5) };
  const b = someNumbers([7], 3);
  const [pc, pa, pb, py] = [arena.put(condition.data), arena.put(a.data), arena.put(b.data), arena.room(7)];
  functions.select(pc, pa, pb, py, 7, 1, 0, 1);
  expect([...arena.floats(py, 7)]).toEqual([...evaluate('select', [condition, a, b], [7])]);
  arena.clear();
});
