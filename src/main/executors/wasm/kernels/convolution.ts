import type { ConvolutionAttributes } from '../../../../graph-engine/program/primitives/convolution.ts';
import { windowGeometry } from '../../../../graph-engine/program/windowGeometry.ts';
import { convolutionPasses, reductions } from '../simd/functions.ts';
import { sizeOf } from '../wasmMemory.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** Convolutions with both gradients, and the sum for a bias. */
export function convolutionKernels({ memory, simd }: WasmTools) {
  function describe(x: readonly number[], kernel: readonly number[], attributes: ConvolutionAttributes): void {
    const [batch = 1, height = 1, width = 1, channels = 1] = x;
    const [kernelHeight = 1, kernelWidth = 1, , filters = 1] = kernel;
    const { strides, dilations, padding, pads, groups } = attributes;
    const [strideY = 1, strideX = 1] = strides;
    const [dilationY = 1, dilationX = 1] = dilations;
    const [top = 0, bottom = 0, left = 0, right = 0] = pads;
    const rows = windowGeometry(height, kernelHeight, strideY, dilationY, padding, [top, bottom]);
    const columns = windowGeometry(width, kernelWidth, strideX, dilationX, padding, [left, right]);
    simd.convolution(
      ...([batch, height, width, channels, kernelHeight, kernelWidth, filters, groups] as const),
      ...([strideY, strideX, dilationY, dilationX, rows.before, columns.before, rows.output, columns.output] as const),
    );
  }

  return {
    conv2d({ inputs: [x, kernel], attributes, outputShapes: [shape] }) {
      describe(x.shape, kernel.shape, attributes);
      const scratch = memory.scratch(simd.convolutionScratch(convolutionPasses.forward));
      const y = memory.make(shape);
      simd.conv2d(memory.at(x), memory.at(kernel), memory.at(y), scratch);
      return [y];
    },
    conv2dBackpropInput({ inputs: [kernel, dy], attributes, outputShapes: [shape] }) {
      describe(shape.dims, kernel.shape, attributes);
      const scratch = memory.scratch(simd.convolutionScratch(convolutionPasses.input));
      const dx = memory.make(shape);
      simd.conv2dBackpropInput(memory.at(kernel), memory.at(dy), memory.at(dx), scratch);
      return [dx];
    },
    conv2dBackpropFilter({ inputs: [x, dy], attributes, outputShapes: [shape] }) {
      describe(x.shape, shape.dims, attributes);
      const scratch = memory.scratch(simd.convolutionScratch(convolutionPasses.filter));
      const dkernel = memory.make(shape);
      simd.conv2dBackpropFilter(memory.at(x), memory.at(dy), memory.at(dkernel), scratch);
      return [dkernel];
    },
    biasAddGrad({ inputs: [dy], outputShapes: [shape] }) {
      const channels = sizeOf(shape.dims);
      const y = memory.make(shape);
      simd.reduce(reductions.sum, memory.at(dy), memory.at(y), 1, sizeOf(dy.shape) / channels, channels);
      return [y];
    },
  } satisfies WasmKernels;
}
