import { flag, type } from '../attributes.ts';
import type { Emitters } from '../emitContext.ts';

export const matrix = {
  matMul: (c, [a, b], { transposeA, transposeB }) => [
    c.node('MatMul', [a.ref, b.ref], {
      T: type(a.dtype),
      transpose_a: flag(transposeA),
      transpose_b: flag(transposeB),
    }),
  ],
  batchMatMul: (c, [a, b], { transposeA, transposeB }) => [
    c.node('BatchMatMulV2', [a.ref, b.ref], { T: type(a.dtype), adj_x: flag(transposeA), adj_y: flag(transposeB) }),
  ],
} satisfies Emitters<'matMul' | 'batchMatMul'>;
