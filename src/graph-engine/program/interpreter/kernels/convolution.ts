import { windowGeometry } from '../../windowGeometry.ts';
import type { ConvolutionAttributes } from '../../primitives/convolution.ts';
import type { Kernels } from '../kernel.ts';
import { at, offsetAt, sizeOfDims } from '../tensor.ts';

/** How many channels a kernel joins, in groups. */
interface Channels {
  readonly groups: number;
  readonly groupChannels: number;
  readonly groupFilters: number;
  readonly filters: number;
}

function channelsOf(kernel: readonly number[], groups: number): Channels {
  const [, , groupChannels = 0, filters = 0] = kernel;
  return { groups, groupChannels, groupFilters: filters / groups, filters };
}

/**
 * Every pair of an output pixel and a kernel pixel that lies on the image, as three positions each: of the first channel
 * of the input pixel, of the kernel pixel and of the output pixel.
 */
function tapsOf(x: readonly number[], kernel: readonly number[], attributes: ConvolutionAttributes): Int32Array {
  const { strides, dilations, padding, pads } = attributes;
  const [batch = 0, height = 0, width = 0, channels = 0] = x;
  const [kernelHeight = 0, kernelWidth = 0, groupChannels = 0, filters = 0] = kernel;
  const [strideY = 1, strideX = 1] = strides;
  const [dilationY = 1, dilationX = 1] = dilations;
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  const rows = windowGeometry(height, kernelHeight, strideY, dilationY, padding, [top, bottom]);
  const columns = windowGeometry(width, kernelWidth, strideX, dilationX, padding, [left, right]);
  const taps = new Int32Array(3 * batch * rows.output * columns.output * kernelHeight * kernelWidth);
  let count = 0;
  for (let n = 0; n < batch; n++) {
    for (let outputY = 0; outputY < rows.output; outputY++) {
      for (let outputX = 0; outputX < columns.output; outputX++) {
        for (let kernelY = 0; kernelY < kernelHeight; kernelY++) {
          const y = outputY * strideY - rows.before + kernelY * dilationY;
          if (y < 0 || y >= height) continue;
          for (let kernelX = 0; kernelX < kernelWidth; kernelX++) {
            const column = outputX * strideX - columns.before + kernelX * dilationX;
            if (column < 0 || column >= width) continue;
            taps[count++] = ((n * height + y) * width + column) * channels;
            taps[count++] = (kernelY * kernelWidth + kernelX) * groupChannels * filters;
            taps[count++] = ((n * rows.output + outputY) * columns.output + outputX) * filters;
          }
        }
      }
    }
  }
  return taps.subarray(0, count);
}

export const convolutionKernels = {
  conv2d({ inputs: [x, kernel], attributes, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    const taps = tapsOf(x.dims, kernel.dims, attributes);
    const { groups, groupChannels, groupFilters, filters } = channelsOf(kernel.dims, attributes.groups);
    for (let tap = 0; tap < taps.length; tap += 3) {
      for (let group = 0; group < groups; group++) {
        const output = offsetAt(taps, tap + 2) + group * groupFilters;
        for (let channel = 0; channel < groupChannels; channel++) {
          const value = at(x.data, offsetAt(taps, tap) + group * groupChannels + channel);
          const weight = offsetAt(taps, tap + 1) + channel * filters + group * groupFilters;
          for (let i = 0; i < groupFilters; i++)
            y[output + i] = at(y, output + i) + value * at(kernel.data, weight + i);
        }
      }
    }
    return [y];
  },
  conv2dBackpropInput({ inputs: [kernel, dy], attributes, outputDims: [dims] }) {
    const dx = new Float64Array(sizeOfDims(dims));
    const taps = tapsOf(dims, kernel.dims, attributes);
    const { groups, groupChannels, groupFilters, filters } = channelsOf(kernel.dims, attributes.groups);
    for (let tap = 0; tap < taps.length; tap += 3) {
      for (let group = 0; group < groups; group++) {
        const output = offsetAt(taps, tap + 2) + group * groupFilters;
        for (let channel = 0; channel < groupChannels; channel++) {
          const input = offsetAt(taps, tap) + group * groupChannels + channel;
          const weight = offsetAt(taps, tap + 1) + channel * filters + group * groupFilters;
          let sum = at(dx, input);
          for (let i = 0; i < groupFilters; i++) sum += at(dy.data, output + i) * at(kernel.data, weight + i);
          dx[input] = sum;
        }
      }
    }
    return [dx];
  },
  conv2dBackpropFilter({ inputs: [x, dy], attributes, outputDims: [dims] }) {
    const dkernel = new Float64Array(sizeOfDims(dims));
    const taps = tapsOf(x.dims, dims, attributes);
    const { groups, groupChannels, groupFilters, filters } = channelsOf(dims, attributes.groups);
    for (let tap = 0; tap < taps.length; tap += 3) {
      for (let group = 0; group < groups; group++) {
        const output = offsetAt(taps, tap + 2) + group * groupFilters;
        for (let channel = 0; channel < groupChannels; channel++) {
          const value = at(x.data, offsetAt(taps, tap) + group * groupChannels + channel);
          const weight = offsetAt(taps, tap + 1) + channel * filters + group * groupFilters;
          for (let i = 0; i < groupFilters; i++) {
            dkernel[weight + i] = at(dkernel, weight + i) + value * at(dy.data, output + i);
          }
        }
      }
    }
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
