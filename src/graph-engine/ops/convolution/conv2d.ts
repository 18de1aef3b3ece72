import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage, slideWindow } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, image, sizeOf } from '../../core/shape.ts';
import {
  bias,
  filters,
  groups,
  groupsProblem,
  imageWindow,
  initialBias,
  kernelAndBias,
} from './convolutionParameters.ts';
import { convolveImage, onnxConvolution, onnxWeights, withBias } from './convolveImage.ts';

export const conv2d = defineOp({
  type: 'conv2d',
  version: 1,
  family: 'convolution',
  documentation: {
    title: 'Conv2D',
    shortName: 'conv',
    summary:
      'Slides learned kernels over an image: each filter looks at a small window of all channels and makes one channel of the output.',
    formula: 'y[i, j, f] = b[f] + Σ x[s·i + d·m − p, s·j + d·n − p, c] · k[m, n, c, f]',
    source: 'LeCun et al. 1998, Gradient-based learning applied to document recognition',
    keywords: ['convolution', 'kernel', 'filter'],
  },
  parameters: z.strictObject({ filters, ...imageWindow, groups, bias, initialBias }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Conv2D');
    if (!sizes.ok) return sizes;
    const { channels } = sizes.value;
    const { groups, filters } = parameters;
    const problem = groupsProblem(groups, channels, filters);
    if (problem !== undefined) return problem;
    const window = slideWindow(sizes.value, parameters, 'input');
    return window.ok ? ok({ output: image(window.value.height, window.value.width, filters) }) : window;
  },
  weights({ parameters: { kernel, filters, groups, bias, initialBias }, inputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    if (channels === null || channels === undefined) return null;
    const fan = (kernel[0] * kernel[1] * channels) / groups;
    return kernelAndBias([...kernel, channels / groups, filters], fan, bias && filters, initialBias);
  },
  macs({ parameters: { kernel, groups }, inputs, outputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    const elements = elementCount(outputs.output);
    return channels === null || channels === undefined || elements === null
      ? null
      : (elements * kernel[0] * kernel[1] * channels) / groups;
  },
  lower({ builder, parameters, inputs, weights }) {
    const y = convolveImage(builder, inputs.input, weights.kernel, parameters, parameters.groups);
    return { output: withBias(builder, y, weights.bias) };
  },
  exportOnnx(context) {
    const weights = onnxWeights(context, [3, 2, 0, 1]);
    const groups = context.parameters.groups;
    return { output: onnxConvolution(context, context.inputs.input, weights, context.parameters, groups) };
  },
  vectors: [
    {
      // The values of the ONNX operator test "conv_without_padding", with a bias of 1.
      name: '3x3 of ones without padding, bias 1',
      parameters: { filters: 1, kernel: 3, padding: 'valid' },
      inputs: { input: { dims: [1, 5, 5, 1], data: Array.from({ length: 25 }, (_, i) => i) } },
      weights: { kernel: Array.from({ length: 9 }, () => 1), bias: [1] },
      output: { dims: [1, 3, 3, 1], data: [55, 64, 73, 100, 109, 118, 145, 154, 163] },
    },
    {
      name: '3x3 of ones, same padding, stride 2 on an even size pads symmetrically',
      parameters: { filters: 1, stride: 2, bias: false },
      inputs: { input: { dims: [1, 4, 4, 1], data: Array.from({ length: 16 }, (_, i) => i) } },
      weights: { kernel: Array.from({ length: 9 }, () => 1) },
      // Windows start at -1: rows and columns {-1, 0, 1} and {1, 2, 3}.
      output: { dims: [1, 2, 2, 1], data: [10, 24, 51, 90] },
    },
    {
      name: 'two groups, dilation 2, uneven stride, as PyTorch',
      parameters: { filters: 2, groups: 2, dilation: 2, stride: [2, 1], padding: [2, 2] },
      inputs: {
        input: {
          dims: [1, 5, 4, 4],
          data: [
            0, -4, 0, 0, 1, 1, -4, 1, -3, 2, 1, -4, -1, -3, -4, 2, -3, -4, 3, -4, -1, 1, 2, 3, 2, 1, 3, 1, -2, -1, 4, 4,
            3, 0, -4, 3, -3, 4, -4, 3, 3, 2, -2, -4, -4, -3, 0, -2, -2, 0, -3, 1, -2, 0, -1, -3, -4, 2, -2, 4, 0, 1, 0,
            4, -1, 4, 2, 4, 2, 3, 3, 0, 4, 4, -3, -3, 4, -4, 1, 1,
          ],
        },
      },
      weights: {
        kernel: [
          -4, -1, 3, -3, -4, -3, 2, 1, -4, 1, 0, 4, 4, 1, -2, 2, 1, 3, 0, -2, 0, 3, 2, 3, 0, 3, 3, 3, -2, -3, 1, -2, 4,
          2, 2, -3,
        ],
        bias: [3, 3],
      },
      output: {
        dims: [1, 3, 4, 2],
        data: [17, 8, -14, -5, 4, 25, 21, -14, 44, -59, 3, -14, 30, 33, -27, 28, -14, -20, 33, 25, -25, 7, 43, 0],
      },
    },
  ],
});
