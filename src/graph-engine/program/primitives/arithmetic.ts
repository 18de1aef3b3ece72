import type { Builder } from '../builder.ts';
import { broadcastDims } from '../dims.ts';
import type { ElementType, Value } from '../program.ts';
import { definePrimitive, demand, type NoAttributes, type TensorSpec } from './definePrimitive.ts';

type Pair = readonly [a: Value, b: Value];

function inferBroadcast([a, b]: Pair, _attributes: NoAttributes): readonly [TensorSpec] {
  demand(a.dtype === b.dtype, `${a.dtype} and ${b.dtype} do not mix`);
  return [{ dims: broadcastDims(a.dims, b.dims), dtype: a.dtype }];
}

function inferComparison([a, b]: Pair, _attributes: NoAttributes): readonly [TensorSpec] {
  demand(a.dtype === b.dtype, `${a.dtype} and ${b.dtype} do not compare`);
  return [{ dims: broadcastDims(a.dims, b.dims), dtype: 'float32' }];
}

function inferUnary([x]: readonly [x: Value], _attributes: NoAttributes): readonly [TensorSpec] {
  demand(x.dtype === 'float32', `expected float32, got ${x.dtype}`);
  return [{ dims: x.dims, dtype: 'float32' }];
}

export const add = definePrimitive({
  name: 'add',
  infer: inferBroadcast,
  gradient({ builder: b, inputs: [left, right], outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    return [wanted(0) ? b.sumTo(dy, left.dims) : undefined, wanted(1) ? b.sumTo(dy, right.dims) : undefined];
  },
});

export const subtract = definePrimitive({
  name: 'subtract',
  infer: inferBroadcast,
  gradient({ builder: b, inputs: [left, right], outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    return [wanted(0) ? b.sumTo(dy, left.dims) : undefined, wanted(1) ? b.negate(b.sumTo(dy, right.dims)) : undefined];
  },
});

export const multiply = definePrimitive({
  name: 'multiply',
  infer: inferBroadcast,
  gradient({ builder: b, inputs: [left, right], outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    return [
      wanted(0) ? b.sumTo(b.multiply(dy, right), left.dims) : undefined,
      wanted(1) ? b.sumTo(b.multiply(dy, left), right.dims) : undefined,
    ];
  },
});

export const divide = definePrimitive({
  name: 'divide',
  infer: inferBroadcast,
  gradient({ builder: b, inputs: [left, right], outputs: [y], outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    const share = b.divide(dy, right);
    return [
      wanted(0) ? b.sumTo(share, left.dims) : undefined,
      wanted(1) ? b.negate(b.sumTo(b.multiply(share, y), right.dims)) : undefined,
    ];
  },
});

/** `winner` is 1 where the left operand wins, 0 where the right one does, a half where they are equal, as in PyTorch. */
function extremeGradients(
  b: Builder,
  [left, right]: Pair,
  dy: Value,
  winner: Value,
  wanted: (input: number) => boolean,
): readonly (Value | undefined)[] {
  const toLeft = b.multiply(dy, winner);
  return [
    wanted(0) ? b.sumTo(toLeft, left.dims) : undefined,
    wanted(1) ? b.sumTo(b.subtract(dy, toLeft), right.dims) : undefined,
  ];
}

export const maximum = definePrimitive({
  name: 'maximum',
  infer: inferBroadcast,
  gradient({ builder: b, inputs, outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    const [left, right] = inputs;
    const winner = b.multiply(b.add(b.greater(left, right), b.greaterEqual(left, right)), b.scalar(0.5));
    return extremeGradients(b, inputs, dy, winner, wanted);
  },
});

export const minimum = definePrimitive({
  name: 'minimum',
  infer: inferBroadcast,
  gradient({ builder: b, inputs, outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    const [left, right] = inputs;
    const winner = b.multiply(b.add(b.greater(right, left), b.greaterEqual(right, left)), b.scalar(0.5));
    return extremeGradients(b, inputs, dy, winner, wanted);
  },
});

export const negate = definePrimitive({
  name: 'negate',
  infer: inferUnary,
  gradient({ builder: b, outputGradients: [dy] }) {
    return [dy && b.negate(dy)];
  },
});

export const exp = definePrimitive({
  name: 'exp',
  infer: inferUnary,
  gradient({ builder: b, outputs: [y], outputGradients: [dy] }) {
    return [dy && b.multiply(dy, y)];
  },
});

export const log = definePrimitive({
  name: 'log',
  infer: inferUnary,
  gradient({ builder: b, inputs: [x], outputGradients: [dy] }) {
    return [dy && b.divide(dy, x)];
  },
});

export const sqrt = definePrimitive({
  name: 'sqrt',
  infer: inferUnary,
  gradient({ builder: b, outputs: [y], outputGradients: [dy] }) {
    return [dy && b.divide(b.multiply(dy, b.scalar(0.5)), y)];
  },
});

export const rsqrt = definePrimitive({
  name: 'rsqrt',
  infer: inferUnary,
  gradient({ builder: b, outputs: [y], outputGradients: [dy] }) {
    return [dy && b.multiply(b.multiply(dy, b.scalar(-0.5)), b.multiply(y, b.square(y)))];
  },
});

export const square = definePrimitive({
  name: 'square',
  infer: inferUnary,
  gradient({ builder: b, inputs: [x], outputGradients: [dy] }) {
    return [dy && b.multiply(b.multiply(dy, b.scalar(2)), x)];
  },
});

/** 1 where `a > b`, else 0. */
export const greater = definePrimitive({ name: 'greater', infer: inferComparison, stopsGradient: true });

/** 1 where `a >= b`, else 0. */
export const greaterEqual = definePrimitive({ name: 'greaterEqual', infer: inferComparison, stopsGradient: true });

/** 1 where `a = b`, else 0. */
export const equal = definePrimitive({ name: 'equal', infer: inferComparison, stopsGradient: true });

/** `a` where the condition is not 0, else `b`; the three broadcast. */
export const select = definePrimitive({
  name: 'select',
  infer(
    [condition, a, b]: readonly [condition: Value, a: Value, b: Value],
    _attributes: NoAttributes,
  ): readonly [TensorSpec] {
    demand(condition.dtype === 'float32', `a condition is float32, got ${condition.dtype}`);
    demand(a.dtype === b.dtype, `${a.dtype} and ${b.dtype} do not mix`);
    return [{ dims: broadcastDims(condition.dims, broadcastDims(a.dims, b.dims)), dtype: a.dtype }];
  },
  gradient({ builder: b, inputs: [condition, left, right], outputGradients: [dy], wanted }) {
    if (dy === undefined) return [];
    return [
      undefined,
      wanted(1) ? b.sumTo(b.select(condition, dy, b.scalar(0)), left.dims) : undefined,
      wanted(2) ? b.sumTo(b.select(condition, b.scalar(0), dy), right.dims) : undefined,
    ];
  },
});

/** Conversion between element types; to int32 it truncates, and no gradient passes. */
export const cast = definePrimitive({
  name: 'cast',
  infer([x]: readonly [x: Value], { dtype }: { readonly dtype: ElementType }): readonly [TensorSpec] {
    demand(x.dtype !== dtype, `a value that is ${dtype} already needs no cast`);
    return [{ dims: x.dims, dtype }];
  },
  gradient({ builder: b, inputs: [x], outputGradients: [dy] }) {
    return [dy && b.cast(dy, x.dtype)];
  },
});
