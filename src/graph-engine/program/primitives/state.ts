import { formatDims, hasBatch } from '../dims.ts';
import type { Dims, Value } from '../program.ts';
import { definePrimitive, demand, type NoAttributes, type TensorSpec } from './definePrimitive.ts';

export const constant = definePrimitive({
  name: 'constant',
  infer(
    _inputs: readonly [],
    attributes: {
      readonly values: readonly number[];
      readonly shape: readonly number[];
      readonly dtype: 'float32' | 'int32';
    },
  ): readonly [TensorSpec] {
    const count = attributes.shape.reduce((product, size) => product * size, 1);
    demand(
      !hasBatch(attributes.shape) && attributes.values.length === count,
      `${attributes.values.length} values for the shape ${formatDims(attributes.shape)}`,
    );
    return [{ dims: attributes.shape, dtype: attributes.dtype }];
  },
  stopsGradient: true,
});

/** The value a variable had when the entry began. Dims and dtype repeat the variable's, so that an entry stands alone. */
export const readVariable = definePrimitive({
  name: 'readVariable',
  infer(
    _inputs: readonly [],
    attributes: { readonly name: string; readonly dims: Dims; readonly dtype: 'float32' | 'int32' },
  ): readonly [TensorSpec] {
    return [{ dims: attributes.dims, dtype: attributes.dtype }];
  },
  stopsGradient: true,
});

/** The value a variable has when all effects of the entry are done. */
export const readUpdatedVariable = definePrimitive({
  name: 'readUpdatedVariable',
  infer(
    _inputs: readonly [],
    attributes: { readonly name: string; readonly dims: Dims; readonly dtype: 'float32' | 'int32' },
  ): readonly [TensorSpec] {
    return [{ dims: attributes.dims, dtype: attributes.dtype }];
  },
  stopsGradient: true,
  afterEffects: true,
});

/** The first input, but not before the others are there: an order that the values alone do not give. */
export const after = definePrimitive({
  name: 'after',
  infer([x]: readonly [x: Value, ...others: Value[]], _attributes: NoAttributes): readonly [TensorSpec] {
    return [{ dims: x.dims, dtype: x.dtype }];
  },
  stopsGradient: true,
});

/** Sets the variable to the value. */
export const assign = definePrimitive({
  name: 'assign',
  infer(_inputs: readonly [value: Value], _attributes: { readonly name: string }): readonly [] {
    return [];
  },
  effect: true,
});

function demandScalars(values: readonly Value[]): void {
  for (const value of values) demand(value.dims.length === 0, `expected a scalar, got ${formatDims(value.dims)}`);
}

/** `variable -= learningRate * gradient`. */
export const applyGradientDescent = definePrimitive({
  name: 'applyGradientDescent',
  infer(
    [learningRate]: readonly [learningRate: Value, gradient: Value],
    _attributes: { readonly name: string },
  ): readonly [] {
    demandScalars([learningRate]);
    return [];
  },
  effect: true,
});

/**
 * `slot = momentum * slot + gradient`, then `variable -= learningRate * slot`, or with Nesterov
 * `variable -= learningRate * (gradient + momentum * slot)` (PyTorch's rule, no dampening).
 */
export const applyMomentum = definePrimitive({
  name: 'applyMomentum',
  infer(
    [learningRate]: readonly [learningRate: Value, gradient: Value],
    _attributes: {
      readonly name: string;
      readonly slot: string;
      readonly momentum: number;
      readonly nesterov: boolean;
    },
  ): readonly [] {
    demandScalars([learningRate]);
    return [];
  },
  effect: true,
});

/**
 * Adam (Kingma and Ba 2015) as PyTorch does it, with `power1 = beta1 ** t` and `power2 = beta2 ** t` at step `t` from 1:
 * `first = beta1 * first + (1 - beta1) * g`, `second = beta2 * second + (1 - beta2) * g * g`,
 * `variable -= learningRate / (1 - power1) * first / (sqrt(second) / sqrt(1 - power2) + epsilon)`.
 */
export const applyAdam = definePrimitive({
  name: 'applyAdam',
  infer(
    [learningRate, , beta1Power, beta2Power]: readonly [
      learningRate: Value,
      gradient: Value,
      beta1Power: Value,
      beta2Power: Value,
    ],
    _attributes: {
      readonly name: string;
      readonly first: string;
      readonly second: string;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    },
  ): readonly [] {
    demandScalars([learningRate, beta1Power, beta2Power]);
    return [];
  },
  effect: true,
});
