import type { Kernels } from '../kernel.ts';
import { at } from '../tensor.ts';

export const stateKernels = {
  constant: ({ attributes: { values } }) => [Float64Array.from(values)],
  readVariable: ({ attributes: { name }, variable }) => [variable(name).slice()],
  readUpdatedVariable: ({ attributes: { name }, variable }) => [variable(name).slice()],
  after: ({ inputs: [x] }) => [x.data],
  assign({ inputs: [value], attributes: { name }, variable }) {
    variable(name).set(value.data);
    return [];
  },
  applyGradientDescent({ inputs: [learningRate, gradient], attributes: { name }, variable }) {
    const weights = variable(name);
    const rate = at(learningRate.data, 0);
    gradient.data.forEach((g, i) => {
      weights[i] = at(weights, i) - rate * g;
    });
    return [];
  },
  applyMomentum({ inputs: [learningRate, gradient], attributes: { name, slot, momentum, nesterov }, variable }) {
    const weights = variable(name);
    const velocity = variable(slot);
    const rate = at(learningRate.data, 0);
    gradient.data.forEach((g, i) => {
      const moved = momentum * at(velocity, i) + g;
      velocity[i] = moved;
      weights[i] = at(weights, i) - rate * (nesterov ? g + momentum * moved : moved);
    });
    return [];
  },
  applyAdam({ inputs: [learningRate, gradient, beta1Power, beta2Power], attributes, variable }) {
    const { beta1, beta2, epsilon } = attributes;
    const weights = variable(attributes.name);
    const first = variable(attributes.first);
    const second = variable(attributes.second);
    const rate = at(learningRate.data, 0) / (1 - at(beta1Power.data, 0));
    const correction = Math.sqrt(1 - at(beta2Power.data, 0));
    gradient.data.forEach((g, i) => {
      const mean = beta1 * at(first, i) + (1 - beta1) * g;
      const squares = beta2 * at(second, i) + (1 - beta2) * g * g;
      first[i] = mean;
      second[i] = squares;
      weights[i] = at(weights, i) - (rate * mean) / (Math.sqrt(squares) / correction + epsilon);
    });
    return [];
  },
} satisfies Kernels<
  | 'constant'
  | 'readVariable'
  | 'readUpdatedVariable'
  | 'after'
  | 'assign'
  | 'applyGradientDescent'
  | 'applyMomentum'
  | 'applyAdam'
>;
