import { defineOp } from '../../core/opDefinition.ts';
import { onnxPoolAttributes, poolAttributes, poolParameters, poolType } from './poolParameters.ts';

export const averagePooling2d = defineOp({
  type: 'averagePooling2d',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Average pooling',
    shortName: 'averagePool',
    summary: 'Averages each window and so makes the image smaller. Padding does not count.',
    formula: 'y[i, j, c] = 1 / (number of pixels seen) · Σ x[s·i + m − p, s·j + n − p, c]',
    keywords: ['avgpool', 'mean', 'downsample', 'subsample'],
  },
  parameters: poolParameters,
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ parameters, inputs }) => poolType('Average pooling', inputs.input, parameters),
  lower: ({ builder, parameters, inputs }) => ({
    output: builder.averagePool(inputs.input, poolAttributes(parameters)),
  }),
  exportOnnx: (context) => ({
    output: context.node('AveragePool', [context.inputs.input], {
      ...onnxPoolAttributes(context.parameters),
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
