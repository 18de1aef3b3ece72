import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';

/** What moves elements without computing with them. */
export function arrangementKernels(device: TfjsDevice) {
  function concat(inputs: readonly TensorInfo[], axis: number): TensorInfo {
    return device.run('Concat', [...inputs], { axis });
  }
  return {
    transpose: ({ inputs: [x], attributes: { permutation } }) => [
      device.run('Transpose', { x }, { perm: [...permutation] }),
    ],
    pack({ inputs }) {
      return [
        concat(
          inputs.map((input) => device.track(device.share(input, [1]))),
          0,
        ),
      ];
    },
    concat: ({ inputs, attributes: { axis } }) => [concat(inputs, axis)],
    split({ inputs: [x], attributes: { axis }, outputShapes }) {
      let offset = 0;
      return outputShapes.map(({ dims }) => {
        const begin = dims.map((_, i) => (i === axis ? offset : 0));
        offset += dims[axis] ?? 0;
        return device.run('Slice', { x }, { begin, size: [...dims] });
      });
    },
    slice({ inputs: [x], attributes: { begin }, outputShapes: [{ dims }] }) {
      return [device.run('Slice', { x }, { begin: [...begin], size: [...dims] })];
    },
    stridedSlice({ inputs: [x], attributes: { begin, end, strides } }) {
      const last = x.shape.map((dim, i) => (begin[i] === 0 && end[i] === 0 ? dim : (end[i] ?? dim)));
      const none = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
      return [device.run('StridedSlice', { x }, { begin: [...begin], end: last, strides: [...strides], ...none })];
    },
    pad({ inputs: [x], attributes: { pads, value } }) {
      const paddings = x.shape.map((_, i) => [pads[2 * i] ?? 0, pads[2 * i + 1] ?? 0]);
      return [device.run('PadV2', { x }, { paddings, constantValue: value })];
    },
    gather({ inputs: [table, indices], attributes: { axis } }) {
      return [device.run('GatherV2', { x: table, indices }, { axis, batchDims: 0 })];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
