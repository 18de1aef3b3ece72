import fc from 'fast-check';
import { test } from 'vitest';
import { createArena } from './testing/createArena.ts';
import { demandClose, evaluatePrimitive, someNumbers } from './testing/evaluatePrimitive.ts';

const arenas = [createArena(8, { fused: false }), createArena(8, { fused: true })];

function agree(transposeA: boolean, transposeB: boolean, count: number, [m, n, k]: readonly number[]): void {
  if (m === undefined || n === undefined || k === undefined) throw new Error('three sizes are wanted');
  const a = someNumbers([count, ...(transposeA ? [k, m] : [m, k])], 1);
  const b = someNumbers([1, ...(transposeB ? [n, k] : [k, n])], 2);
  const dims = [count, m, n];
  const [expected] = evaluatePrimitive('batchMatMul', [a, b], { transposeA, transposeB }, [dims]);
  for (const arena of arenas) {
    const { functions } = arena;
    const [pa, pb, pc] = [arena.put(a.data), arena.put(b.data), arena.room(count * m * n)];
    const scratch = arena.scratch(functions.matMulScratch(m, n, k));
    functions.matMul(transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, pa, pb, pc, count, m * k, 0, m * n, scratch);
    demandClose(`${m}x${k} by ${k}x${n}`, arena.floats(pc, count * m * n), expected ?? new Float64Array(), k);
    arena.clear();
  }
}

test('matrices of any sizes, either of them transposed', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 }));
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 3 }), fc.tuple(size, size, size), agree),
    { numRuns: 80, seed: 20 },
  );
});

test('matrices that are taken in blocks', () => {
  agree(false, false, 1, [70, 5, 300]);
  agree(true, false, 1, [3, 520, 20]);
  agree(false, true, 2, [9, 515, 260]);
  agree(true, true, 1, [67, 9, 513]);
});
