import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorShape } from '../../interpreted/interpretedEngine.ts';
import { fourAxes, joinAxes, stridesOf } from '../strides.ts';
import { sizeOf } from '../wasmMemory.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** What moves elements without computing with them. */
export function arrangementKernels({ device, memory, simd, stock }: WasmTools) {
  /** The elements of a shape read at strides from a first one, or nothing where there are too many axes. */
  function view(x: TensorInfo, shape: TensorShape, strides: readonly number[], start = 0): TensorInfo | undefined {
    const axes = fourAxes(joinAxes(shape.dims, [strides]));
    const [steps] = axes?.strides ?? [];
    if (axes === undefined || steps === undefined) return undefined;
    const y = memory.make(shape);
    simd.copyStrided(memory.at(x) + 4 * start, memory.at(y), ...axes.dims, ...steps);
    return y;
  }

  function window(x: TensorInfo, shape: TensorShape, begin: readonly number[]): TensorInfo | undefined {
    const strides = stridesOf(x.shape);
    return view(x, shape, strides, offset(begin, strides));
  }

  return {
    transpose(call) {
      const { inputs, attributes, outputShapes } = call;
      const [[x], [shape]] = [inputs, outputShapes];
      const strides = stridesOf(x.shape);
      const steps = attributes.permutation.map((axis) => strides[axis] ?? 0);
      const { dims, strides: joined } = joinAxes(shape.dims, [steps]);
      const [order = []] = joined;
      // Rows for columns, once or many times over, has a function of its own.
      const [rowStep = 0, columnStep = 0] = order.slice(-2);
      const [columns = 1, rows = 1] = dims.slice(-2);
      const swaps = dims.length >= 2 && dims.length <= 3 && rowStep === 1 && columnStep === columns;
      if (swaps && (dims.length === 2 || order[0] === rows * columns)) {
        const y = memory.make(shape);
        simd.transpose(memory.at(x), memory.at(y), dims.length === 3 ? (dims[0] ?? 1) : 1, rows, columns);
        return [y];
      }
      const y = view(x, shape, steps);
      return y === undefined ? stock.transpose(call) : [y];
    },
    concat(call) {
      const { inputs, attributes, outputShapes } = call;
      const [[shape], { axis }] = [outputShapes, attributes];
      const outer = sizeOf(shape.dims.slice(0, axis));
      const row = sizeOf(shape.dims.slice(axis));
      const y = memory.make(shape);
      let at = 0;
      for (const input of inputs) {
        const length = sizeOf(input.shape.slice(axis));
        simd.placeStrided(memory.at(input), memory.at(y) + 4 * at, 1, 1, outer, length, 0, 0, row, 1);
        at += length;
      }
      return [y];
    },
    split(call) {
      const { inputs, attributes, outputShapes } = call;
      const [[x], { axis }] = [inputs, attributes];
      let at = 0;
      const parts = outputShapes.map((shape) => {
        const begin = shape.dims.map((_, i) => (i === axis ? at : 0));
        at += shape.dims[axis] ?? 0;
        return window(x, shape, begin);
      });
      const made = parts.filter((part) => part !== undefined);
      return made.length === parts.length ? made : stock.split(call);
    },
    slice(call) {
      const y = window(call.inputs[0], call.outputShapes[0], call.attributes.begin);
      return y === undefined ? stock.slice(call) : [y];
    },
    stridedSlice(call) {
      const { inputs, attributes, outputShapes } = call;
      const strides = stridesOf(inputs[0].shape);
      const steps = strides.map((stride, axis) => stride * (attributes.strides[axis] ?? 1));
      const y = view(inputs[0], outputShapes[0], steps, offset(attributes.begin, strides));
      return y === undefined ? stock.stridedSlice(call) : [y];
    },
    pad(call) {
      const { inputs, attributes, outputShapes } = call;
      const [[x], [shape], { pads, value }] = [inputs, outputShapes, attributes];
      const strides = stridesOf(shape.dims);
      const axes = fourAxes(joinAxes(x.shape, [strides]));
      const [steps] = axes?.strides ?? [];
      if (axes === undefined || steps === undefined || (shape.dtype === 'int32' && value !== 0)) return stock.pad(call);
      const y = memory.make(shape);
      simd.fill(memory.at(y), sizeOf(shape.dims), value);
      const begin = offset(
        shape.dims.map((_, axis) => pads[2 * axis] ?? 0),
        strides,
      );
      simd.placeStrided(memory.at(x), memory.at(y) + 4 * begin, ...axes.dims, ...steps);
      return [y];
    },
    gather({ inputs: [table, indices], attributes: { axis }, outputShapes: [shape] }) {
      const [outer, depth, inner] = [
        sizeOf(table.shape.slice(0, axis)),
        table.shape[axis] ?? 1,
        sizeOf(table.shape.slice(axis + 1)),
      ];
      const y = memory.make(shape);
      const picks = sizeOf(indices.shape);
      const outside = simd.gather(memory.at(table), memory.at(indices), memory.at(y), outer, depth, picks, inner);
      if (outside !== 0) throw new Error(`an index is none of ${depth}`);
      return [y];
    },
    unsortedSegmentSum({ inputs: [x, segments], attributes: { count }, outputShapes: [shape] }) {
      const rows = sizeOf(segments.shape);
      const y = memory.make(shape);
      const inner = sizeOf(x.shape) / Math.max(1, rows);
      const outside = simd.unsortedSegmentSum(memory.at(x), memory.at(segments), memory.at(y), rows, count, inner);
      if (outside !== 0) throw new Error(`a segment is none of ${count}`);
      return [y];
    },
    oneHot({ inputs: [indices], attributes: { depth }, outputShapes: [shape] }) {
      const y = memory.make(shape);
      const values = memory.floats(y).fill(0);
      memory.integers(indices).forEach((index, i) => {
        if (index >= 0 && index < depth) values[i * depth + index] = 1;
      });
      return [y];
    },
    pack({ inputs, outputShapes: [shape] }) {
      const y = memory.make(shape);
      inputs.forEach((input, i) => simd.copyStrided(memory.at(input), memory.at(y) + 4 * i, 1, 1, 1, 1, 0, 0, 0, 1));
      return [y];
    },
    resizeBilinear({ inputs: [x], attributes: { alignCorners }, outputShapes: [shape] }) {
      const y = memory.make(shape);
      simd.resizeBilinear(memory.at(x), memory.at(y), ...image(x.shape), ...sides(shape.dims), alignCorners ? 1 : 0);
      return [y];
    },
    resizeBilinearGrad({ inputs: [dy], attributes: { alignCorners }, outputShapes: [shape] }) {
      const dx = memory.make(shape);
      const sizes = [...image(shape.dims), ...sides(dy.shape)] as const;
      simd.resizeBilinearGrad(memory.at(dy), memory.at(dx), ...sizes, alignCorners ? 1 : 0);
      return [dx];
    },
    randomUniform({ inputs: [seed], attributes: { stream }, outputShapes: [shape] }) {
      const [seed0 = 0, seed1 = 0] = memory.integers(seed);
      const y = memory.make(shape);
      simd.randomUniform(seed0, seed1, stream, memory.at(y), sizeOf(shape.dims));
      return [y];
    },
    cast(call) {
      const { inputs, attributes, outputShapes } = call;
      const [[x], [shape]] = [inputs, outputShapes];
      if ((attributes.dtype === 'int32') === (x.dtype === 'int32')) return [device.share(x, shape.dims)];
      return stock.cast(call);
    },
  } satisfies WasmKernels;
}

function offset(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0);
}

function image([batch = 1, height = 1, width = 1, channels = 1]: readonly number[]) {
  return [batch, height, width, channels] as const;
}

function sides([, height = 1, width = 1]: readonly number[]) {
  return [height, width] as const;
}
