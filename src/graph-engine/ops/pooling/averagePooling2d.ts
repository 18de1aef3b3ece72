import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { padding, pair } from '../../core/parameterSchemas.ts';
import { image } from '../../core/shape.ts';
import { onnxPads, padList } from '../../core/window.ts';
import { slidePool } from './slidePool.ts';

export const averagePooling2d = defineOp({
  type: 'averagePooling2d',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Average pooling',
    shortName: 'averagePool',
    summary: 'Averages each window and so makes the image smaller. Padding does not count.',
    keywords: ['avgpool', 'mean', 'downsample', 'subsample'],
  },
  parameters: z.strictObject({
    kernel: pair(1).default([2, 2]).describe('Height and width of the window.'),
    stride: pair(1).default([2, 2]).describe('Pixels between two windows.'),
    padding: padding
      .default('valid')
      .describe('"valid" adds nothing, "same" pads so that the stride alone decides the size.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Average pooling');
    if (!sizes.ok) return sizes;
    const window = slidePool(sizes.value, parameters, 'input');
    return window.ok ? ok({ output: image(window.value.height, window.value.width, sizes.value.channels) }) : window;
  },
  lower: ({ builder, parameters, inputs }) => ({
    output: builder.averagePool(inputs.input, {
      window: parameters.kernel,
      strides: parameters.stride,
      padding: 'explicit',
      pads: padList(parameters),
    }),
  }),
  exportOnnx: (context) => ({
    output: context.node('AveragePool', [context.inputs.input], {
      kernel_shape: context.parameters.kernel,
      strides: context.parameters.stride,
      pads: onnxPads(context.parameters),
      count_include_pad: 0,
    }),
  }),
  vectors: [
    {
      name: '2x2 windows',
      parameters: {},
      inputs: { input: { dims: [1, 2, 4, 1], data: [1, 2, 3, 4, 5, 6, 7, 8] } },
      output: { dims: [1, 1, 2, 1], data: [3.5, 5.5] },
    },
    {
      name: '3x3 windows with same padding leave the padding out of the count',
      parameters: { kernel: 3, stride: 2, padding: 'same' },
      inputs: { input: { dims: [1, 3, 3, 1], data: [1, 2, 3, 4, 5, 6, 7, 8, 9] } },
      output: { dims: [1, 2, 2, 1], data: [3, 4, 6, 7] },
    },
  ],
});
