import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage, slideWindow } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, image, sizeOf } from '../../core/shape.ts';
import { bias, filters, imageWindow, kernelAndBias, multiplier } from './convolutionParameters.ts';
import { convolveImage, onnxConvolution, withBias } from './convolveImage.ts';

export const separableConv2d = defineOp({
  type: 'separableConv2d',
  version: 1,
  family: 'convolution',
  documentation: {
    title: 'Separable Conv2D',
    shortName: 'separable',
    summary:
      'A depthwise convolution, which looks around in each channel, and a 1×1 convolution, which mixes the channels: most of what a full convolution does for a fraction of its weights.',
    formula: 'y[i, j, f] = b[f] + Σ depthwise(x)[i, j, c] · k₁[c, f]',
    source: 'Chollet 2017, Xception, arXiv 1610.02357',
    keywords: ['convolution', 'depthwise', 'pointwise', 'xception', 'mobile'],
  },
  parameters: z.strictObject({ filters, ...imageWindow, multiplier, bias }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Separable Conv2D');
    if (!sizes.ok) return sizes;
    const window = slideWindow(sizes.value, parameters, 'input');
    return window.ok ? ok({ output: image(window.value.height, window.value.width, parameters.filters) }) : window;
  },
  weights({ parameters: { kernel, filters, multiplier, bias }, inputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    if (channels === null || channels === undefined) return null;
    const between = channels * multiplier;
    const { kernel: pointwise, ...rest } = kernelAndBias([1, 1, between, filters], between, bias && filters);
    return {
      depthwise: kernelAndBias([...kernel, 1, between], kernel[0] * kernel[1], false).kernel,
      pointwise,
      ...rest,
    };
  },
  macs({ parameters: { kernel, filters, multiplier }, inputs, outputs }) {
    const channels = sizeOf(inputs.input, 'channels');
    const elements = elementCount(outputs.output);
    if (channels === null || channels === undefined || elements === null) return null;
    const pixels = elements / filters;
    return pixels * channels * multiplier * (kernel[0] * kernel[1] + filters);
  },
  lower({ builder, parameters, inputs, types, weights }) {
    if (weights.pointwise === undefined) throw new Error('Separable Conv2D has no pointwise kernel');
    const groups = sizeOf(types.input, 'channels') ?? 1;
    const apart = convolveImage(builder, inputs.input, weights.depthwise, parameters, groups);
    const y = builder.conv2d(apart, builder.readVariable(weights.pointwise), { padding: 'valid' });
    return { output: withBias(builder, y, weights.bias) };
  },
  exportOnnx(context) {
    const depthwise = context.weight('depthwise', [3, 2, 0, 1]);
    const groups = sizeOf(context.types.input, 'channels') ?? 1;
    const name = `${context.path}/depthwise`;
    const apart = onnxConvolution(context, context.inputs.input, [depthwise], context.parameters, groups, name);
    const inputs = [apart, context.weight('pointwise', [3, 2, 0, 1])];
    if (context.hasWeight('bias')) inputs.push(context.weight('bias'));
    return { output: context.node('Conv', inputs, { kernel_shape: [1, 1] }) };
  },
  vectors: [
    {
      name: 'same padding at stride 2, as PyTorch',
      parameters: { filters: 3, stride: 2 },
      inputs: {
        input: {
          dims: [1, 4, 4, 2],
          data: [
            4, -1, 4, -3, -1, 3, -2, -1, -1, -4, 4, 4, 2, -1, -2, -4, 3, 4, -1, 1, -4, -3, -1, 2, 4, -3, 4, -3, -3, -4,
            3, 0,
          ],
        },
      },
      weights: {
        depthwise: [-1, 4, -2, 0, -3, -4, -2, -2, -2, -1, 3, -4, -3, 1, -1, 2, 2, 0],
        pointwise: [4, -2, -1, 1, -4, 3],
        bias: [-4, 3, 0],
      },
      output: { dims: [1, 2, 2, 3], data: [53, -43, 2, -115, 27, 57, -94, 153, -75, 18, -57, 40] },
    },
    {
      name: 'two channels of each between, valid padding, without bias',
      parameters: { filters: 2, kernel: [2, 3], multiplier: 2, padding: 'valid', bias: false },
      inputs: {
        input: {
          dims: [1, 3, 4, 2],
          data: [0, 1, -3, -3, -2, 1, -2, -1, -3, -4, 3, 0, 2, -1, -2, -4, 0, -3, 2, 1, 3, -1, -2, 2],
        },
      },
      weights: {
        depthwise: [-2, 4, 2, 0, 3, 4, -4, -1, -4, 2, 1, 4, 4, -3, -4, -1, -2, 2, 2, 0, -4, -1, 3, -4],
        pointwise: [-2, 4, -2, 4, 2, -1, 2, -1],
      },
      output: { dims: [1, 2, 2, 2], data: [146, -163, -22, 2, 18, -21, -120, 168] },
    },
  ],
});
