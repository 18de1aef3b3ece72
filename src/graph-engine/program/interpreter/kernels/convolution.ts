import { windowGeometry } from '../../windowGeometry.ts';
import type { ConvolutionAttributes } from '../../primitives/convolution.ts';
import type { Kernels } from '../kernel.ts';
import { at, sizeOfDims } from '../tensor.ts';

interface Tap {
  /** Positions of the first channel of the input pixel, of the kernel pixel and of the output pixel. */
  (input: number, kernel: number, output: number): void;
}

/** Visits every pair of an output pixel and a kernel pixel that lies on the image. */
function forEachTap(
  x: readonly number[],
  kernel: readonly number[],
  { strides, dilations, padding, pads }: ConvolutionAttributes,
  visit: Tap,
): void {
  const [batch = 0, height = 0, width = 0, channels = 0] = x;
  const [kernelHeight = 0, kernelWidth = 0, groupChannels = 0, filters = 0] = kernel;
  const [strideY = 1, strideX = 1] = strides;
  const [dilationY = 1, dilationX = 1] = dilations;
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  const rows = windowGeometry(height, kernelHeight, strideY, dilationY, padding, [top, bottom]);
  const columns = windowGeometry(width, kernelWidth, strideX, dilationX, padding, [left, right]);
  for (let n = 0; n < batch; n++) {
    for (let outputY = 0; outputY < rows.output; outputY++) {
      for (let outputX = 0; outputX < columns.output; outputX++) {
        const output = ((n * rows.output + outputY) * columns.output + outputX) * filters;
        for (let kernelY = 0; kernelY < kernelHeight; kernelY++) {
          const y = outputY * strideY - rows.before + kernelY * dilationY;
          if (y < 0 || y >= height) continue;
          for (let kernelX = 0; kernelX < kernelWidth; kernelX++) {
            const column = outputX * strideX - columns.before + kernelX * dilationX;
            if (column < 0 || column >= width) continue;
            visit(
              ((n * height + y) * width + column) * channels,
              (kernelY * kernelWidth + kernelX) * groupChannels * filters,
              output,
            );
          }
        }
      }
    }
  }
}

/** The channel loops of one tap: `multiplyAdd(input, kernel, output)` for each pair of channels of one group. */
function channelPairs(
  kernel: readonly number[],
  groups: number,
  multiplyAdd: (input: number, kernel: number, output: number, count: number) => void,
): Tap {
  const [, , groupChannels = 0, filters = 0] = kernel;
  const groupFilters = filters / groups;
  return (input, kernelStart, output) => {
    for (let group = 0; group < groups; group++) {
      for (let channel = 0; channel < groupChannels; channel++) {
        multiplyAdd(
          input + group * groupChannels + channel,
          kernelStart + channel * filters + group * groupFilters,
          output + group * groupFilters,
          groupFilters,
        );
      }
    }
  };
}

export const convolutionKernels = {
  conv2d({ inputs: [x, kernel], attributes, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    const tap = channelPairs(kernel.dims, attributes.groups, (input, weight, output, count) => {
      const value = at(x.data, input);
      for (let i = 0; i < count; i++) y[output + i] = at(y, output + i) + value * at(kernel.data, weight + i);
    });
    forEachTap(x.dims, kernel.dims, attributes, tap);
    return [y];
  },
  conv2dBackpropInput({ inputs: [kernel, dy], attributes, outputDims: [dims] }) {
    const dx = new Float64Array(sizeOfDims(dims));
    const tap = channelPairs(kernel.dims, attributes.groups, (input, weight, output, count) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += at(dy.data, output + i) * at(kernel.data, weight + i);
      dx[input] = at(dx, input) + sum;
    });
    forEachTap(dims, kernel.dims, attributes, tap);
    return [dx];
  },
  conv2dBackpropFilter({ inputs: [x, dy], attributes, outputDims: [dims] }) {
    const dkernel = new Float64Array(sizeOfDims(dims));
    const tap = channelPairs(dims, attributes.groups, (input, weight, output, count) => {
      const value = at(x.data, input);
      for (let i = 0; i < count; i++) dkernel[weight + i] = at(dkernel, weight + i) + value * at(dy.data, output + i);
    });
    forEachTap(x.dims, dims, attributes, tap);
    return [dkernel];
  },
  biasAdd({ inputs: [x, bias] }) {
    const channels = bias.data.length;
    return [x.data.map((value, i) => value + at(bias.data, i % channels))];
  },
  biasAddGrad({ inputs: [dy], outputDims: [dims] }) {
    const dbias = new Float64Array(sizeOfDims(dims));
    dy.data.forEach((value, i) => {
      dbias[i % dbias.length] = at(dbias, i % dbias.length) + value;
    });
    return [dbias];
  },
} satisfies Kernels<'conv2d' | 'conv2dBackpropInput' | 'conv2dBackpropFilter' | 'biasAdd' | 'biasAddGrad'>;
