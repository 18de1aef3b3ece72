import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage, slideWindow } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { padding, pair } from '../../core/parameterSchemas.ts';
import { elementCount, image, sizeOf } from '../../core/shape.ts';
import { onnxPads, padList } from '../../core/window.ts';

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
  parameters: z.strictObject({
    filters: z.int().min(1).max(65_536).default(32).describe('Kernels, and so channels of the output.'),
    kernel: pair(1).default([3, 3]).describe('Height and width of the window.'),
    stride: pair(1).default([1, 1]).describe('Pixels between two windows; 2 halves the image.'),
    padding: padding.default('same').describe('"same" keeps the size at stride 1, "valid" adds nothing.'),
    dilation: pair(1).default([1, 1]).describe("Distance between the kernel's taps; larger sees further at no cost."),
    groups: z
      .int()
      .min(1)
      .max(65_536)
      .default(1)
      .describe('Splits the channels into groups that do not see each other.'),
    bias: z
      .boolean()
      .default(true)
      .describe('Adds a learned number to each channel; useless before a batch normalization.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Conv2D');
    if (!sizes.ok) return sizes;
    const { channels } = sizes.value;
    const { groups, filters } = parameters;
    if ((channels !== null && channels % groups !== 0) || filters % groups !== 0) {
      return fail({
        code: 'shape/groups',
        parameter: 'groups',
        message: `${groups} groups must divide both the ${channels ?? '?'} channels that come in and the ${filters} filters.`,
        expected: 'a divisor of both',
        received: String(groups),
      });
    }
    const window = slideWindow(sizes.value, parameters, 'input');
    return window.ok ? ok({ output: image(window.value.height, window.value.width, filters) }) : window;
  },
  weights({ parameters: { kernel, filters, groups, bias }, inputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    if (channels === null || channels === undefined) return null;
    const fan = (kernel[0] * kernel[1] * channels) / groups;
    return {
      kernel: {
        dims: [...kernel, channels / groups, filters],
        initializer: { kind: 'heNormal', fan },
        trainable: true,
      },
      ...(bias ? { bias: { dims: [filters], initializer: { kind: 'zeros' }, trainable: true } } : {}),
    };
  },
  macs({ parameters: { kernel, groups }, inputs, outputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    const elements = elementCount(outputs.output);
    return channels === null || channels === undefined || elements === null
      ? null
      : (elements * kernel[0] * kernel[1] * channels) / groups;
  },
  lower({ builder, parameters, inputs, weights }) {
    if (weights.kernel === undefined) throw new Error('Conv2D has no kernel');
    const y = builder.conv2d(inputs.input, builder.readVariable(weights.kernel), {
      strides: parameters.stride,
      dilations: parameters.dilation,
      padding: 'explicit',
      pads: padList(parameters),
      groups: parameters.groups,
    });
    return { output: weights.bias === undefined ? y : builder.biasAdd(y, builder.readVariable(weights.bias)) };
  },
  exportOnnx(context) {
    const { kernel, stride, dilation, groups } = context.parameters;
    const inputs = [context.inputs.input, context.weight('kernel', [3, 2, 0, 1])];
    if (context.hasWeight('bias')) inputs.push(context.weight('bias'));
    const output = context.node('Conv', inputs, {
      kernel_shape: kernel,
      strides: stride,
      dilations: dilation,
      group: groups,
      pads: onnxPads(context.parameters),
    });
    return { output };
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
  ],
});
