import type { Kernels } from '../kernel.ts';
import { at, broadcastStrides, offsetsOf, type Doubles } from '../tensor.ts';

/** The elements of a tensor read as if it were broadcast to the dims. */
export function spread(x: Doubles, dims: readonly number[]): Float64Array {
  const same = x.dims.length === dims.length && x.dims.every((dim, i) => dim === dims[i]);
  if (same) return x.data;
  return Float64Array.from(offsetsOf(dims, broadcastStrides(x.dims, dims.length)), (offset) => at(x.data, offset));
}

interface BinaryContext {
  readonly inputs: readonly [Doubles, Doubles];
  readonly outputDims: readonly [readonly number[]];
}

function binary(combine: (a: number, b: number) => number) {
  return ({ inputs: [a, b], outputDims: [dims] }: BinaryContext): readonly Float64Array[] => {
    const right = spread(b, dims);
    return [spread(a, dims).map((value, i) => combine(value, at(right, i)))];
  };
}

function unary(compute: (x: number) => number) {
  return ({ inputs: [x] }: { readonly inputs: readonly [Doubles] }): readonly Float64Array[] => [
    x.data.map((value) => compute(value)),
  ];
}

export const arithmeticKernels = {
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  greater: binary((a, b) => (a > b ? 1 : 0)),
  greaterEqual: binary((a, b) => (a >= b ? 1 : 0)),
  equal: binary((a, b) => (a === b ? 1 : 0)),
  negate: unary((x) => -x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  rsqrt: unary((x) => 1 / Math.sqrt(x)),
  square: unary((x) => x * x),
  select({ inputs: [condition, a, b], outputDims: [dims] }) {
    const left = spread(a, dims);
    const right = spread(b, dims);
    return [spread(condition, dims).map((flag, i) => (flag !== 0 ? at(left, i) : at(right, i)))];
  },
  cast: ({ inputs: [x], attributes: { dtype } }) => [
    x.data.map((value) => (dtype === 'int32' ? Math.trunc(value) : value)),
  ],
  broadcastTo: ({ inputs: [x], outputDims: [dims] }) => [spread(x, dims)],
} satisfies Kernels<
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'maximum'
  | 'minimum'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'negate'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'rsqrt'
  | 'square'
  | 'select'
  | 'cast'
  | 'broadcastTo'
>;
