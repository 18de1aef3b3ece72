import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage, slideWindow } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, image, sizeOf } from '../../core/shape.ts';
import { bias, imageWindow, kernelAndBias, multiplier } from './convolutionParameters.ts';
import { convolveImage, onnxConvolution, onnxWeights, withBias } from './convolveImage.ts';

export const depthwiseConv2d = defineOp({
  type: 'depthwiseConv2d',
  version: 1,
  family: 'convolution',
  documentation: {
    title: 'Depthwise Conv2D',
    shortName: 'depthwise',
    summary:
      'Slides a kernel of its own over each channel: channels do not mix, which takes a small share of the work of a full convolution.',
    formula: 'y[i, j, c·q + r] = b[c·q + r] + Σ x[s·i + d·m − p, s·j + d·n − p, c] · k[m, n, c·q + r], r < q',
    source: 'Howard et al. 2017, MobileNets, arXiv 1704.04861',
    keywords: ['convolution', 'mobile', 'channelwise', 'multiplier'],
  },
  parameters: z.strictObject({ multiplier, ...imageWindow, bias }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Depthwise Conv2D');
    if (!sizes.ok) return sizes;
    const { channels } = sizes.value;
    const window = slideWindow(sizes.value, parameters, 'input');
    if (!window.ok) return window;
    const { height, width } = window.value;
    return ok({ output: image(height, width, channels === null ? null : channels * parameters.multiplier) });
  },
  weights({ parameters: { kernel, multiplier, bias }, inputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    if (channels === null || channels === undefined) return null;
    const filters = channels * multiplier;
    return kernelAndBias([...kernel, 1, filters], kernel[0] * kernel[1], bias && filters);
  },
  macs({ parameters: { kernel }, outputs }) {
    const elements = elementCount(outputs.output);
    return elements === null ? null : elements * kernel[0] * kernel[1];
  },
  lower({ builder, parameters, inputs, types, weights }) {
    const y = convolveImage(builder, inputs.input, weights.kernel, parameters, sizeOf(types.input, 'channels') ?? 1);
    return { output: withBias(builder, y, weights.bias) };
  },
  exportOnnx(context) {
    const weights = onnxWeights(context, [3, 2, 0, 1]);
    const groups = sizeOf(context.types.input, 'channels') ?? 1;
    return { output: onnxConvolution(context, context.inputs.input, weights, context.parameters, groups) };
  },
  vectors: [
    {
      name: 'two channels of each, stride 2, same padding, as PyTorch',
      parameters: { multiplier: 2, stride: 2 },
      inputs: {
        input: {
          dims: [1, 4, 5, 3],
          data: [
            1, 2, 3, 2, 3, 0, -1, -3, 4, 1, 4, 0, 1, 3, -4, -1, -2, -2, 2, 4, 2, 3, -2, -4, -4, -2, -2, 2, 0, 2, 0, 2,
            -2, -1, -3, -2, -1, -1, 3, 3, 2, -2, 1, 3, -4, -4, -4, 1, -3, 4, -1, 3, -3, 1, 3, 1, -3, 2, -1, -2,
          ],
        },
      },
      weights: {
        kernel: [
          1, 3, -3, 2, -4, -2, 1, -3, 1, 1, 1, -3, 2, 2, -3, 3, -3, -2, 2, 0, 4, 4, 1, -1, -1, -4, 0, -4, 3, 4, -1, 3,
          3, 3, -4, -1, 2, -4, 4, -1, 1, 0, 0, -1, 4, -3, 0, 1, 0, 1, 2, 0, 0, 4,
        ],
        bias: [0, 2, 3, -1, 3, -1],
      },
      output: {
        dims: [1, 2, 3, 6],
        data: [
          -3, 7, 12, 6, 12, 17, 8, -6, 31, 37, 17, 3, -7, 12, 11, 5, -11, -15, 4, 7, -28, 4, -3, -8, -13, 16, -5, 2, 11,
          16, 9, -34, 17, -7, -4, -19,
        ],
      },
    },
    {
      name: 'an even kernel with same padding: the odd pixel goes after',
      parameters: { kernel: 2, bias: false },
      inputs: {
        input: {
          dims: [1, 5, 4, 2],
          data: [
            4, -3, 2, -4, -1, 2, 0, 1, 1, 3, -1, 0, -4, 1, 4, 0, 0, 3, -1, 1, 4, -3, -3, 2, -4, 2, 3, -3, 4, -3, 3, -2,
            -3, 0, -2, -4, 0, -1, 2, 2,
          ],
        },
      },
      weights: { kernel: [-4, 4, 2, 2, -4, -1, 1, -1] },
      output: {
        dims: [1, 5, 4, 2],
        data: [
          -17, -23, -10, -13, 24, 9, -16, 4, -7, 8, 4, 4, 5, 5, -4, -2, 17, 15, 4, 4, -35, -3, 0, 10, 32, 6, 4, -13, -8,
          -17, -20, -10, 8, -8, 8, -18, 4, 0, -8, 8,
        ],
      },
    },
    {
      name: 'dilation 2 along height and 3 along width',
      parameters: { dilation: [2, 3], padding: 'same', bias: false },
      inputs: {
        input: {
          dims: [1, 5, 6, 2],
          data: [
            1, 0, 3, 1, -3, -4, 0, -1, -1, 4, 1, 2, 0, 2, -3, -4, -3, 4, -2, -4, 4, 2, -2, -2, 0, 1, 4, 0, 2, -1, 1, 1,
            -3, 2, 3, 0, -2, 1, -1, 4, -1, 2, 1, 2, 0, -2, -1, -1, -4, 3, 2, 4, 2, 3, 1, 3, 0, -1, -4, -1,
          ],
        },
      },
      weights: { kernel: [-3, -2, -4, -2, -4, -3, 2, 4, 2, 0, -3, 4, -2, -3, 3, 1, -2, -4] },
      output: {
        dims: [1, 5, 6, 2],
        data: [
          0, -7, 27, 8, -9, 7, 5, -2, -13, 6, 1, -13, -2, -23, -21, 20, -1, -2, 3, 7, 4, -30, -11, 9, -21, -2, 15, 2,
          17, 9, 10, 0, -7, -23, -1, -10, 1, 16, -6, -6, 21, -6, 6, 8, -9, 20, 13, 4, -15, 7, 0, -10, -4, -2, -10, 8, 4,
          12, -22, 14,
        ],
      },
    },
  ],
});
