import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';
import { broadcast } from './arithmetic.ts';

/** Activations and the gradients that are primitives of their own. */
export function activationKernels(device: TfjsDevice) {
  const one = () => device.fill({ dims: [], dtype: 'float32' }, 1);
  const zero = () => device.fill({ dims: [], dtype: 'float32' }, 0);
  return {
    relu: ({ inputs: [x] }) => [device.run('Relu', { x })],
    reluGrad({ inputs: [dy, y], outputShapes: [shape] }) {
      // A choice and no product: nothing times what is not finite would not be zero.
      const condition = device.run('Greater', { a: y, b: zero() });
      return [device.run('Select', { condition, t: dy, e: broadcast(device, zero(), shape) })];
    },
    sigmoid: ({ inputs: [x] }) => [device.run('Sigmoid', { x })],
    sigmoidGrad({ inputs: [y, dy] }) {
      const slope = device.run('Multiply', { a: y, b: device.run('Sub', { a: one(), b: y }) });
      return [device.run('Multiply', { a: dy, b: slope })];
    },
    tanh: ({ inputs: [x] }) => [device.run('Tanh', { x })],
    tanhGrad({ inputs: [y, dy] }) {
      const slope = device.run('Sub', { a: one(), b: device.run('Multiply', { a: y, b: y }) });
      return [device.run('Multiply', { a: dy, b: slope })];
    },
    erf: ({ inputs: [x] }) => [device.run('Erf', { x })],
  } satisfies Partial<Kernels<TensorInfo>>;
}
