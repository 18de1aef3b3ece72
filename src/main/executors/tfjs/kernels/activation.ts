import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';
import { broadcast } from './arithmetic.ts';

/** `x - log(sum(exp(x)))` over the last axis, shifted by the maximum so that nothing overflows. */
export function logSoftmax(device: TfjsDevice, x: TensorInfo): TensorInfo {
  const axis = [x.shape.length - 1];
  const shifted = device.run('Sub', {
    a: x,
    b: device.run('Max', { x }, { reductionIndices: axis, axis, keepDims: true }),
  });
  const total = device.run('Sum', { x: device.run('Exp', { x: shifted }) }, { axis, keepDims: true });
  return device.run('Sub', { a: shifted, b: device.run('Log', { x: total }) });
}

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
    softmax: ({ inputs: [x] }) => [device.run('Softmax', { logits: x }, { dim: x.shape.length - 1 })],
    logSoftmax: ({ inputs: [x] }) => [logSoftmax(device, x)],
  } satisfies Partial<Kernels<TensorInfo>>;
}
