import { defineOp } from '../../core/opDefinition.ts';
import { onnxSequencePool, poolSequence, sequencePoolParameters, sequencePoolType } from './sequencePool.ts';

export const maxPooling1d = defineOp({
  type: 'maxPooling1d',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Max pooling 1D',
    shortName: 'maxPool',
    summary: 'Keeps the largest value of each feature in each window and so makes the sequence shorter.',
    formula: 'y[t, c] = max of x[s·t + m − p, c] over the window',
    keywords: ['maxpool', 'downsample', 'subsample', 'temporal'],
  },
  parameters: sequencePoolParameters,
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ parameters, inputs }) => sequencePoolType('Max pooling 1D', inputs.input, parameters),
  lower: ({ builder, parameters, inputs }) => ({
    output: poolSequence(builder, 'maxPool', inputs.input, parameters),
  }),
  exportOnnx: (context) => ({ output: onnxSequencePool(context, 'MaxPool') }),
  vectors: [
    {
      name: 'windows of 2 leave the last position out',
      parameters: {},
      inputs: {
        input: { dims: [2, 5, 2], data: [-2, 1, -1, 4, 4, 0, -1, 2, 0, 3, -1, -1, 3, 0, -1, 1, 4, -1, 2, -4] },
      },
      output: { dims: [2, 2, 2], data: [-1, 4, 4, 2, 3, 0, 4, 1] },
    },
    {
      name: 'windows of 3 with same padding, all negative',
      parameters: { kernel: 3, padding: 'same' },
      inputs: { input: { dims: [1, 5, 2], data: [-7, -18, -13, -4, -4, -5, -5, -3, -15, -15] } },
      output: { dims: [1, 3, 2], data: [-7, -4, -4, -3, -5, -3] },
    },
  ],
});
