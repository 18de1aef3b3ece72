import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';

/** The updates of variables. A variable gets a new tensor each time: backends may keep what they made of an old one. */
export function stateKernels(device: TfjsDevice) {
  const scalar = (value: number) => device.fill({ dims: [], dtype: 'float32' }, value);
  const multiply = (a: TensorInfo, b: TensorInfo) => device.run('Multiply', { a, b });
  const add = (a: TensorInfo, b: TensorInfo) => device.run('Add', { a, b });
  const subtract = (a: TensorInfo, b: TensorInfo) => device.run('Sub', { a, b });
  const divide = (a: TensorInfo, b: TensorInfo) => device.run('RealDiv', { a, b });
  /** What a variable takes over must outlive the kernel. */
  const kept = (tensor: TensorInfo) => device.share(tensor, tensor.shape);
  return {
    applyGradientDescent({ inputs: [rate, gradient], attributes: { name }, variables }) {
      variables.write(name, kept(subtract(variables.read(name), multiply(gradient, rate))));
      return [];
    },
    applyMomentum({ inputs: [rate, gradient], attributes: { name, slot, momentum, nesterov }, variables }) {
      const moved = add(multiply(variables.read(slot), scalar(momentum)), gradient);
      const step = nesterov ? add(gradient, multiply(moved, scalar(momentum))) : moved;
      variables.write(name, kept(subtract(variables.read(name), multiply(step, rate))));
      variables.write(slot, kept(moved));
      return [];
    },
    applyAdam({ inputs: [rate, gradient, power1, power2], attributes, variables }) {
      const { name, first, second, beta1, beta2, epsilon } = attributes;
      const squared = multiply(gradient, gradient);
      const mean = add(multiply(variables.read(first), scalar(beta1)), multiply(gradient, scalar(1 - beta1)));
      const squares = add(multiply(variables.read(second), scalar(beta2)), multiply(squared, scalar(1 - beta2)));
      const correction = device.run('Sqrt', { x: subtract(scalar(1), power2) });
      const size = add(divide(device.run('Sqrt', { x: squares }), correction), scalar(epsilon));
      const step = divide(multiply(mean, divide(rate, subtract(scalar(1), power1))), size);
      variables.write(name, kept(subtract(variables.read(name), step)));
      variables.write(first, kept(mean));
      variables.write(second, kept(squares));
      return [];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
