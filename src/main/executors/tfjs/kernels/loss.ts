import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';
import { logSoftmax } from './activation.ts';
import { oneHot } from './arrangement.ts';

/** The loss of classes, and its gradient in the same step. */
export function lossKernels(device: TfjsDevice) {
  return {
    sparseSoftmaxCrossEntropy({ inputs: [logits, labels] }) {
      const depth = logits.shape[1] ?? 1;
      const logarithms = logSoftmax(device, logits);
      const hot = oneHot(device, labels, depth);
      const picked = device.run('Multiply', { a: logarithms, b: hot });
      const losses = device.run('Neg', { x: device.run('Sum', { x: picked }, { axis: [1], keepDims: false }) });
      return [losses, device.run('Sub', { a: device.run('Exp', { x: logarithms }), b: hot })];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
