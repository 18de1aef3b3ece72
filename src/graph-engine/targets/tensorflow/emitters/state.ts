import { flag, type } from '../attributes.ts';
import type { Emitters } from '../emitContext.ts';

const FLOAT = { T: type('float32') };

export const state = {
  constant: (c, _inputs, { values, shape: dims, dtype }) => [c.values(values, dims, dtype)],
  readVariable: (c, _inputs, { name }) => [c.valueOf(name)],
  // The walk over the entry makes this wait for the effects.
  readUpdatedVariable: (c, _inputs, { name, dtype }) => [
    c.node('ReadVariableOp', [c.variable(name)], { dtype: type(dtype) }),
  ],
  after: (c, [x, ...others]) => [
    c.node('Identity', [x.ref, ...new Set(others.map(({ ref }) => `^${ref.split(':')[0] ?? ref}`))], {
      T: type(x.dtype),
    }),
  ],
  assign: (c, [value], { name }) => [
    c.node('AssignVariableOp', [c.variable(name), value.ref], { dtype: type(value.dtype) }),
  ],
  applyGradientDescent: (c, [learningRate, gradient], { name }) => [
    c.node('ResourceApplyGradientDescent', [c.variable(name), learningRate.ref, gradient.ref], FLOAT),
  ],
  applyMomentum: (c, [learningRate, gradient], { name, slot, momentum, nesterov }) => [
    c.node(
      'ResourceApplyMomentum',
      [c.variable(name), c.variable(slot), learningRate.ref, gradient.ref, c.float(momentum)],
      { ...FLOAT, use_nesterov: flag(nesterov) },
    ),
  ],
  applyAdam: (c, [learningRate, gradient, beta1Power, beta2Power], { name, first, second, beta1, beta2, epsilon }) => {
    // TensorFlow adds its epsilon to sqrt(second), PyTorch to sqrt(second) / sqrt(1 - beta2Power).
    const scaledEpsilon = c.once(`epsilon ${epsilon} of ${beta2Power.ref}`, () => {
      const rest = c.node('Sub', [c.float(1), beta2Power.ref], FLOAT);
      return c.node('Mul', [c.node('Sqrt', [rest], FLOAT), c.float(epsilon)], FLOAT);
    });
    return [
      c.node(
        'ResourceApplyAdam',
        [
          c.variable(name),
          c.variable(first),
          c.variable(second),
          beta1Power.ref,
          beta2Power.ref,
          learningRate.ref,
          c.float(beta1),
          c.float(beta2),
          scaledEpsilon,
          gradient.ref,
        ],
        FLOAT,
      ),
    ];
  },
} satisfies Emitters<
  | 'constant'
  | 'readVariable'
  | 'readUpdatedVariable'
  | 'after'
  | 'assign'
  | 'applyGradientDescent'
  | 'applyMomentum'
  | 'applyAdam'
>;
