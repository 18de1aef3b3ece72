import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ReductionAttributes } from '../../../../graph-engine/program/primitives/reduction.ts';
import type { TensorShape } from '../../interpreted/interpretedEngine.ts';
import { reductions } from '../simd/functions.ts';
import { sizeOf } from '../wasmMemory.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** Reductions, what is done with each row, and the loss. */
export function reductionKernels({ device, memory, simd, stock }: WasmTools) {
  type Call = {
    readonly inputs: readonly [TensorInfo];
    readonly attributes: ReductionAttributes;
    readonly outputShapes: readonly [TensorShape];
  };

  /** One run of neighbouring axes after another, from the last: sums of sums, means of means, maxima of maxima. */
  function reduce(code: 0 | 1 | 2, { inputs: [x], attributes: { axes }, outputShapes: [shape] }: Call): TensorInfo {
    const reduced = new Set(axes);
    const dims = [...x.shape];
    let tensor = x;
    let end = dims.length;
    while (end > 0) {
      if (!reduced.has(end - 1)) {
        end--;
        continue;
      }
      let begin = end - 1;
      while (begin > 0 && reduced.has(begin - 1)) begin--;
      const [outer, count, inner] = [dims.slice(0, begin), dims.slice(begin, end), dims.slice(end)].map(sizeOf);
      const kept = [...dims.slice(0, begin), ...dims.slice(end)];
      const y = memory.make({ dims: kept, dtype: 'float32' });
      simd.reduce(code, memory.at(tensor), memory.at(y), outer ?? 1, count ?? 1, inner ?? 1);
      dims.splice(begin, end - begin);
      tensor = y;
      end = begin;
    }
    return device.share(tensor, shape.dims);
  }

  function perRow(compute: (x: number, y: number, rows: number, columns: number) => void) {
    return ({
      inputs: [x],
      outputShapes: [shape],
    }: {
      readonly inputs: readonly [TensorInfo];
      readonly outputShapes: readonly [TensorShape];
    }): readonly TensorInfo[] => {
      const columns = shape.dims.at(-1) ?? 1;
      const y = memory.make(shape);
      compute(memory.at(x), memory.at(y), sizeOf(shape.dims) / columns, columns);
      return [y];
    };
  }

  const isFloat = ({ inputs: [x] }: Call) => x.dtype === 'float32';
  return {
    reduceSum: (call) => (isFloat(call) ? [reduce(reductions.sum, call)] : stock.reduceSum(call)),
    reduceMean: (call) => (isFloat(call) ? [reduce(reductions.mean, call)] : stock.reduceMean(call)),
    reduceMax: (call) => (isFloat(call) ? [reduce(reductions.max, call)] : stock.reduceMax(call)),
    argMax(call) {
      const { inputs, attributes, outputShapes } = call;
      const [[x], [shape], { axis }] = [inputs, outputShapes, attributes];
      if (x.dtype !== 'float32') return stock.argMax(call);
      const y = memory.make(shape);
      const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
      simd.argMax(memory.at(x), memory.at(y), outer, x.shape[axis] ?? 1, inner);
      return [y];
    },
    l2Loss({ inputs: [x], outputShapes: [shape] }) {
      const y = memory.make(shape);
      simd.l2Loss(memory.at(x), memory.at(y), sizeOf(x.shape));
      return [y];
    },
    softmax: perRow((...operands) => simd.softmax(...operands)),
    logSoftmax: perRow((...operands) => simd.logSoftmax(...operands)),
    sparseSoftmaxCrossEntropy({ inputs: [logits, labels], outputShapes }) {
      const [rows = 1, columns = 1] = logits.shape;
      const [losses, dlogits] = [memory.make(outputShapes[0]), memory.make(outputShapes[1])];
      const operands = [memory.at(logits), memory.at(labels), memory.at(losses), memory.at(dlogits)] as const;
      const outside = simd.sparseSoftmaxCrossEntropy(...operands, rows, columns);
      if (outside !== 0) throw new Error(`a label is none of the ${columns} classes`);
      return [losses, dlogits];
    },
  } satisfies WasmKernels;
}
