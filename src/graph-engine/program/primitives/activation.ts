import { formatDims, sameDims } from '../dims.ts';
import type { Value } from '../program.ts';
import { definePrimitive, demand, type NoAttributes, type TensorSpec } from './definePrimitive.ts';

function inferUnary([x]: readonly [x: Value], _attributes: NoAttributes): readonly [TensorSpec] {
  demand(x.dtype === 'float32', `expected float32, got ${x.dtype}`);
  return [{ dims: x.dims, dtype: 'float32' }];
}

function inferGradient([a, b]: readonly [Value, Value], _attributes: NoAttributes): readonly [TensorSpec] {
  demand(sameDims(a.dims, b.dims), `y and dy must agree, got ${formatDims(a.dims)} and ${formatDims(b.dims)}`);
  return [{ dims: a.dims, dtype: 'float32' }];
}

export const relu = definePrimitive({
  name: 'relu',
  infer: inferUnary,
  gradient({ builder, outputs: [y], outputGradients: [dy] }) {
    return [dy && builder.reluGrad(dy, y)];
  },
});

/** `dy` where `y > 0`, else 0. Inputs: dy, y. */
export const reluGrad = definePrimitive({ name: 'reluGrad', infer: inferGradient });

export const sigmoid = definePrimitive({
  name: 'sigmoid',
  infer: inferUnary,
  gradient({ builder, outputs: [y], outputGradients: [dy] }) {
    return [dy && builder.sigmoidGrad(y, dy)];
  },
});

/** `dy * y * (1 - y)`. Inputs: y, dy. */
export const sigmoidGrad = definePrimitive({ name: 'sigmoidGrad', infer: inferGradient });

export const tanh = definePrimitive({
  name: 'tanh',
  infer: inferUnary,
  gradient({ builder, outputs: [y], outputGradients: [dy] }) {
    return [dy && builder.tanhGrad(y, dy)];
  },
});

/** `dy * (1 - y * y)`. Inputs: y, dy. */
export const tanhGrad = definePrimitive({ name: 'tanhGrad', infer: inferGradient });

export const erf = definePrimitive({
  name: 'erf',
  infer: inferUnary,
  gradient({ builder: b, inputs: [x], outputGradients: [dy] }) {
    // d erf(x) / dx = 2 / sqrt(pi) * exp(-x * x)
    return [dy && b.multiply(dy, b.multiply(b.exp(b.negate(b.square(x))), b.scalar(2 / Math.sqrt(Math.PI))))];
  },
});

function inferSoftmax([x]: readonly [x: Value], _attributes: NoAttributes): readonly [TensorSpec] {
  demand(x.dims.length >= 1 && (x.dims.at(-1) ?? 0) > 0, `no static last axis in ${formatDims(x.dims)}`);
  return [{ dims: x.dims, dtype: 'float32' }];
}

/** Over the last axis. */
export const softmax = definePrimitive({
  name: 'softmax',
  infer: inferSoftmax,
  gradient({ builder: b, outputs: [y], outputGradients: [dy] }) {
    if (dy === undefined) return [];
    const weighted = b.multiply(dy, y);
    const total = b.reduceSum(weighted, [y.dims.length - 1], true);
    return [b.subtract(weighted, b.multiply(y, total))];
  },
});

/** Over the last axis. */
export const logSoftmax = definePrimitive({
  name: 'logSoftmax',
  infer: inferSoftmax,
  gradient({ builder: b, outputs: [y], outputGradients: [dy] }) {
    if (dy === undefined) return [];
    const total = b.reduceSum(dy, [y.dims.length - 1], true);
    return [b.subtract(dy, b.multiply(b.exp(y), total))];
  },
});
