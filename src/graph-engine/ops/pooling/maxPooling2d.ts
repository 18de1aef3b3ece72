import { defineOp } from '../../core/opDefinition.ts';
import { onnxPoolAttributes, poolAttributes, poolParameters, poolType } from './poolParameters.ts';

export const maxPooling2d = defineOp({
  type: 'maxPooling2d',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Max pooling',
    shortName: 'maxPool',
    summary: 'Keeps the largest value of each window and so makes the image smaller.',
    formula: 'y[i, j, c] = max over m, n of x[s·i + m − p, s·j + n − p, c]',
    keywords: ['maxpool', 'downsample', 'subsample'],
  },
  parameters: poolParameters,
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ parameters, inputs }) => poolType('Max pooling', inputs.input, parameters),
  lower: ({ builder, parameters, inputs }) => ({ output: builder.maxPool(inputs.input, poolAttributes(parameters)) }),
  exportOnnx: (context) => ({
    output: context.node('MaxPool', [context.inputs.input], onnxPoolAttributes(context.parameters)),
  }),
  vectors: [
    {
      name: '2x2 windows, all negative',
      parameters: {},
      inputs: { input: { dims: [1, 2, 4, 1], data: [-1, -2, -3, -4, -5, -6, -7, -8] } },
      output: { dims: [1, 1, 2, 1], data: [-1, -3] },
    },
    {
      name: '3x3 windows, stride 2, same padding of negative values',
      parameters: { kernel: 3, stride: 2, padding: 'same' },
      inputs: { input: { dims: [1, 3, 3, 1], data: [-9, -8, -7, -6, -5, -4, -3, -2, -1] } },
      output: { dims: [1, 2, 2, 1], data: [-5, -4, -2, -1] },
    },
  ],
});
