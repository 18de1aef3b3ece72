import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';
import { broadcast } from './arithmetic.ts';

/** Products of matrices. */
export function matrixKernels(device: TfjsDevice) {
  /** TensorFlow.js repeats a single matrix on either side, and nothing else. */
  function spread(x: TensorInfo, leading: readonly number[]): TensorInfo {
    const count = x.shape.slice(0, -2).reduce((product, dim) => product * dim, 1);
    if (count === 1 || count === leading.reduce((product, dim) => product * dim, 1)) return x;
    return broadcast(device, x, { dims: [...leading, ...x.shape.slice(-2)], dtype: 'float32' });
  }
  return {
    matMul: ({ inputs: [a, b], attributes }) => [device.run('BatchMatMul', { a, b }, { ...attributes })],
    batchMatMul({ inputs: [a, b], attributes, outputShapes: [{ dims }] }) {
      const leading = dims.slice(0, -2);
      return [device.run('BatchMatMul', { a: spread(a, leading), b: spread(b, leading) }, { ...attributes })];
    },
    biasAdd: ({ inputs: [a, b] }) => [device.run('Add', { a, b })],
    biasAddGrad({ inputs: [x] }) {
      const axis = x.shape.slice(1).map((_, i) => i);
      return [device.run('Sum', { x }, { axis, keepDims: false })];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
