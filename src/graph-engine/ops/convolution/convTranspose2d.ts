import { z } from 'zod';
import { fail, ok, type Result } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp, type AxisReach } from '../../core/opDefinition.ts';
import { padding, pair, type Padding } from '../../core/parameterSchemas.ts';
import { elementCount, image, sizeOf } from '../../core/shape.ts';
import { onnxPads, padList, padsOf } from '../../core/window.ts';
import { bias, filters, groups, groupsProblem, imageWindow, kernelAndBias } from './convolutionParameters.ts';
import { onnxWeights, withBias } from './convolveImage.ts';

interface TransposedWindow {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Padding;
  readonly outputPadding: readonly [number, number];
}

/** Rows (axis 0) or columns (axis 1) that "same" leaves to the end so that the size is that of the input times the stride. */
function endOf(axis: 0 | 1, window: TransposedWindow): number {
  return window.padding === 'same' ? window.stride[axis] - 1 : window.outputPadding[axis];
}

/** The inverse of a window's output size: `(size − 1) · stride − pads + reach + 1 + end`. */
function grownSize(size: number | null, axis: 0 | 1, window: TransposedWindow): number | null {
  if (size === null) return null;
  const pads = padsOf(window);
  const cut = axis === 0 ? pads.top + pads.bottom : pads.left + pads.right;
  const reach = (window.kernel[axis] - 1) * window.dilation[axis];
  return (size - 1) * window.stride[axis] - cut + reach + 1 + endOf(axis, window);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** How far apart the pixels lie that paint one place: the taps that can hit it are `stride / g` apart, g shared with the dilation. */
function seenBy(kernel: number, stride: number, dilation: number): AxisReach {
  const shared = greatestCommonDivisor(stride, dilation);
  const taps = Math.ceil((kernel * shared) / stride);
  return { extent: ((taps - 1) * dilation) / shared + 1, stride: 1 / stride };
}

function outputPaddingProblem({ stride, padding, outputPadding }: TransposedWindow): Result<never> | undefined {
  if (padding === 'same' || (outputPadding[0] < stride[0] && outputPadding[1] < stride[1])) return undefined;
  return fail({
    code: 'shape/output-padding',
    parameter: 'outputPadding',
    message: `An output padding of ${outputPadding.join('×')} must be smaller than the stride of ${stride.join('×')}: it only chooses among sizes that the stride cannot tell apart.`,
    expected: `at most ${stride.map((step) => step - 1).join('×')}`,
    received: outputPadding.join('×'),
  });
}

export const convTranspose2d = defineOp({
  type: 'convTranspose2d',
  version: 1,
  family: 'convolution',
  documentation: {
    title: 'Transposed Conv2D',
    shortName: 'upConv',
    summary:
      'A convolution run backwards: each pixel paints a kernel onto a larger image. With stride 2 it doubles the size; the up-convolution of U-Nets and generators.',
    formula:
      'y[s·i + d·m − p, s·j + d·n − p, f] += x[i, j, c] · k[m, n, f, c]; size = (n − 1)·s − 2p + d·(k − 1) + 1 + end',
    source: 'Zeiler et al. 2010, Deconvolutional networks; Dumoulin and Visin 2016, arXiv 1603.07285',
    keywords: ['deconvolution', 'up-convolution', 'upsample', 'u-net', 'generator', 'fractionally strided'],
  },
  parameters: z.strictObject({
    filters,
    kernel: pair(1).default([2, 2]).describe('Height and width of what each pixel paints.'),
    stride: pair(1).default([2, 2]).describe('How many times larger the image becomes.'),
    padding: padding
      .default('same')
      .describe(
        '"same" multiplies the size by the stride, "valid" keeps all that is painted, pixels are cut off each side.',
      ),
    outputPadding: pair(0)
      .default([0, 0])
      .describe('Pixels added at the end, where "same" does not decide them.')
      .meta({ control: 'pair', minimum: 0, advanced: true }),
    dilation: imageWindow.dilation,
    groups,
    bias,
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Transposed Conv2D');
    if (!sizes.ok) return sizes;
    const problem =
      groupsProblem(parameters.groups, sizes.value.channels, parameters.filters) ?? outputPaddingProblem(parameters);
    if (problem !== undefined) return problem;
    const height = grownSize(sizes.value.height, 0, parameters);
    const width = grownSize(sizes.value.width, 1, parameters);
    if ((height !== null && height < 1) || (width !== null && width < 1)) {
      return fail({
        code: 'shape/window',
        port: 'input',
        parameter: 'padding',
        message: `So much is cut off that nothing of the image is left: ${height ?? '?'}×${width ?? '?'} pixels.`,
        expected: 'less padding',
        received: JSON.stringify(parameters.padding),
      });
    }
    return ok({ output: image(height, width, parameters.filters) });
  },
  weights({ parameters: { kernel, filters, groups, bias }, inputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    if (channels === null || channels === undefined) return null;
    // As the convolution has it whose transpose this is: from the output's channels to the input's.
    const fan = (kernel[0] * kernel[1] * channels) / groups;
    return kernelAndBias([...kernel, filters / groups, channels], fan, bias && filters);
  },
  macs({ parameters: { kernel, filters, groups }, inputs }) {
    const elements = elementCount(inputs.input);
    return elements === null ? null : (elements * kernel[0] * kernel[1] * filters) / groups;
  },
  receptiveField: ({ parameters: { kernel, stride, dilation } }) => {
    const reach = (axis: 0 | 1) => seenBy(kernel[axis], stride[axis], dilation[axis]);
    return [reach(0), reach(1)];
  },
  lower({ builder, parameters, inputs, types, weights }) {
    if (weights.kernel === undefined) throw new Error('Transposed Conv2D has no kernel');
    const height = grownSize(sizeOf(types.input, 'height') ?? null, 0, parameters);
    const width = grownSize(sizeOf(types.input, 'width') ?? null, 1, parameters);
    if (height === null || width === null) throw new Error('Transposed Conv2D needs known sizes');
    const y = builder.conv2dBackpropInput(
      builder.readVariable(weights.kernel),
      inputs.input,
      [-1, height, width, parameters.filters],
      {
        strides: parameters.stride,
        dilations: parameters.dilation,
        padding: 'explicit',
        pads: padList(parameters),
        groups: parameters.groups,
      },
    );
    return { output: withBias(builder, y, weights.bias) };
  },
  exportOnnx(context) {
    const { kernel, stride, dilation, groups } = context.parameters;
    const output = context.node('ConvTranspose', [context.inputs.input, ...onnxWeights(context, [3, 2, 0, 1])], {
      kernel_shape: kernel,
      strides: stride,
      dilations: dilation,
      group: groups,
      pads: onnxPads(context.parameters),
      output_padding: [endOf(0, context.parameters), endOf(1, context.parameters)],
    });
    return { output };
  },
  vectors: [
    {
      name: 'the 2×2 up-convolution of U-Net',
      parameters: { filters: 3 },
      inputs: { input: { dims: [1, 2, 3, 2], data: [1, -3, 3, 0, -4, 1, -1, 3, -4, -3, 3, 3] } },
      weights: {
        kernel: [0, 2, -2, -3, 0, -4, 1, 4, 2, -3, 2, 4, -3, 2, -4, -1, 4, -1, -3, -1, -1, 1, -1, 4],
        bias: [3, -4, 0],
      },
      output: {
        dims: [1, 4, 6, 3],
        data: [
          -3, 3, 12, -8, 7, -10, 3, -10, 0, 6, 2, 6, 5, 1, -4, 3, -15, -4, -6, -5, 7, 3, -8, -13, -6, -16, 12, -6, -7,
          -3, 17, 11, -17, 14, 1, 8, 9, -11, -12, 14, -15, 10, -3, 13, 12, -13, -3, -20, 9, -19, -12, 18, -7, 18, 12,
          -3, -7, 3, 0, 13, 9, 15, -13, 18, -3, -8, 0, -19, 9, -9, -4, 9,
        ],
      },
    },
    {
      name: '3×3, same padding doubles the size, as PyTorch with padding 1 and output padding 1',
      parameters: { filters: 2, kernel: 3, bias: false },
      inputs: { input: { dims: [1, 3, 2, 2], data: [0, -3, -3, 0, -4, 2, 4, 1, -1, 3, 3, -1] } },
      weights: {
        kernel: [
          1, -1, 2, -4, -2, -2, 2, -1, -3, 2, -1, -1, -2, 1, 2, 3, 2, 2, -2, -2, -3, -2, 1, 0, -4, 1, -3, 2, 0, 0, 2, 2,
          4, 3, 3, 1,
        ],
      },
      output: {
        dims: [1, 6, 4, 2],
        data: [
          -6, 6, 12, -6, -6, 6, 9, -3, 4, -16, 22, 12, -10, 1, -22, -14, -4, 4, 1, 7, 10, -10, -14, 4, -4, -9, -12, -12,
          -4, 17, 8, 11, 4, -4, -10, 2, 4, -4, -7, 3, 0, 4, -8, -11, 0, 4, 9, 8,
        ],
      },
    },
    {
      name: 'an even kernel, same padding, as PyTorch with padding 1',
      parameters: { filters: 2, kernel: 4, bias: false },
      inputs: { input: { dims: [1, 2, 2, 1], data: [1, -2, 4, 1] } },
      weights: {
        kernel: [
          3, 3, 3, -2, 4, 2, 0, 2, 4, 1, -2, -2, 0, -3, 2, -1, -1, -4, 2, 1, 2, -2, -1, -3, 3, -2, 1, -4, 4, -4, 2, 0,
        ],
      },
      output: {
        dims: [1, 4, 4, 2],
        data: [
          -2, -2, -8, -5, 6, 3, 0, 6, 14, -7, 23, 17, -2, 1, 0, 6, -7, -12, 2, -11, 6, 2, -8, 5, 8, 4, 7, -12, -2, -11,
          2, -2,
        ],
      },
    },
    {
      name: 'two groups, uneven strides, dilation, padding and output padding, as PyTorch',
      parameters: {
        filters: 2,
        groups: 2,
        kernel: [3, 2],
        stride: [3, 2],
        padding: [1, 0],
        dilation: [1, 2],
        outputPadding: [2, 1],
        bias: false,
      },
      inputs: {
        input: {
          dims: [1, 2, 3, 4],
          data: [4, 4, 0, -1, -1, -2, -3, 4, 4, 3, -4, -1, 3, 2, 2, -1, -4, 1, 4, -2, 0, 2, 2, 3],
        },
      },
      weights: { kernel: [-2, -3, -2, -3, 2, 2, -1, 3, 1, 0, -1, 0, -3, -4, 1, 2, -3, 0, -4, 1, 1, 2, -3, -2] },
      output: {
        dims: [1, 6, 8, 2],
        data: [
          4, 0, 0, 0, -29, 1, 0, 0, 15, 9, 0, 0, -24, -6, 0, 0, -12, -1, 0, 0, 15, 18, 0, 0, -17, 16, 0, 0, 10, 14, 0,
          0, -12, -1, 0, 0, 15, -7, 0, 0, -12, -23, 0, 0, 4, 7, 0, 0, 3, -2, 0, 0, -21, -4, 0, 0, 8, -2, 0, 0, -8, 8, 0,
          0, -9, -9, 0, 0, 19, -22, 0, 0, -2, -13, 0, 0, 4, -12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ],
      },
    },
  ],
});
