import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';

/** Reductions. */
export function reductionKernels(device: TfjsDevice) {
  const floats = { dims: [], dtype: 'float32' } as const;
  return {
    reduceSum({ inputs: [x], attributes: { axes, keepDims } }) {
      if (axes.length === 0) return [device.share(x, x.shape)];
      return [device.run('Sum', { x }, { axis: [...axes], keepDims })];
    },
    reduceMean({ inputs: [x], attributes: { axes, keepDims } }) {
      if (axes.length === 0) return [device.share(x, x.shape)];
      const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
      const sum = device.run('Sum', { x }, { axis: [...axes], keepDims });
      return [device.run('RealDiv', { a: sum, b: device.fill(floats, count) })];
    },
    reduceMax({ inputs: [x], attributes: { axes, keepDims } }) {
      if (axes.length === 0) return [device.share(x, x.shape)];
      return [device.run('Max', { x }, { reductionIndices: [...axes], axis: [...axes], keepDims })];
    },
    argMax: ({ inputs: [x], attributes: { axis } }) => [device.run('ArgMax', { x }, { axis })],
    l2Loss({ inputs: [x] }) {
      const axis = x.shape.map((_, i) => i);
      const squares = device.run('Multiply', { a: x, b: x });
      const sum = axis.length === 0 ? squares : device.run('Sum', { x: squares }, { axis, keepDims: false });
      return [device.run('Multiply', { a: sum, b: device.fill(floats, 0.5) })];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
