import type { Builder } from '../builder.ts';
import { formatDims, reducedDims } from '../dims.ts';
import type { Value } from '../program.ts';
import { definePrimitive, demand, dimOf, type NoAttributes, type TensorSpec } from './definePrimitive.ts';

/** `axes` count over the full dims; the batch is axis 0. */
export type ReductionAttributes = { readonly axes: readonly number[]; readonly keepDims: boolean };

function inferReduction([x]: readonly [x: Value], attributes: ReductionAttributes): readonly [TensorSpec] {
  const { axes, keepDims } = attributes;
  demand(
    new Set(axes).size === axes.length && axes.every((axis) => axis >= 0 && axis < x.dims.length),
    `axes ${axes.join(', ')} are not axes of ${formatDims(x.dims)}`,
  );
  return [{ dims: reducedDims(x.dims, axes, keepDims), dtype: x.dtype }];
}

/** The reduced value or its gradient, spread over the dims it was reduced from. */
function spread(b: Builder, reduced: Value, x: Value, axes: readonly number[]): Value {
  return b.broadcastTo(b.reshape(reduced, reducedDims(x.dims, axes, true)), x.dims);
}

export const reduceSum = definePrimitive({
  name: 'reduceSum',
  infer: inferReduction,
  gradient({ builder: b, inputs: [x], attributes, outputGradients: [dy] }) {
    return [dy && spread(b, dy, x, attributes.axes)];
  },
});

export const reduceMean = definePrimitive({
  name: 'reduceMean',
  infer: inferReduction,
  gradient({ builder: b, inputs: [x], attributes, outputGradients: [dy] }) {
    if (dy === undefined) return [];
    const count = b.elementCount(attributes.axes.map((axis) => dimOf(x, axis)));
    return [spread(b, b.divide(dy, count), x, attributes.axes)];
  },
});

/** Equal maxima share the gradient evenly, as PyTorch's `amax` does. */
export const reduceMax = definePrimitive({
  name: 'reduceMax',
  infer: inferReduction,
  gradient({ builder: b, inputs: [x], outputs: [y], attributes, outputGradients: [dy] }) {
    if (dy === undefined) return [];
    const winners = b.equal(x, b.reshape(y, reducedDims(x.dims, attributes.axes, true)));
    const share = b.divide(dy, b.reduceSum(winners, attributes.axes, attributes.keepDims));
    return [b.multiply(winners, b.reshape(share, reducedDims(x.dims, attributes.axes, true)))];
  },
});

/** Half the sum of the squares of all elements, in one pass. */
export const l2Loss = definePrimitive({
  name: 'l2Loss',
  infer([x]: readonly [x: Value], _attributes: NoAttributes): readonly [TensorSpec] {
    demand(x.dtype === 'float32', `expected float32, got ${x.dtype}`);
    return [{ dims: [], dtype: 'float32' }];
  },
  gradient({ builder: b, inputs: [x], outputGradients: [dy] }) {
    return [dy && b.multiply(x, dy)];
  },
});

/** Index of the first maximum along an axis. */
export const argMax = definePrimitive({
  name: 'argMax',
  infer([x]: readonly [x: Value], attributes: { readonly axis: number }): readonly [TensorSpec] {
    dimOf(x, attributes.axis);
    return [{ dims: reducedDims(x.dims, [attributes.axis], false), dtype: 'int32' }];
  },
  stopsGradient: true,
});
