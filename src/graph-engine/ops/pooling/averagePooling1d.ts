import { defineOp } from '../../core/opDefinition.ts';
import { onnxSequencePool, poolSequence, sequencePoolParameters, sequencePoolType } from './sequencePool.ts';

export const averagePooling1d = defineOp({
  type: 'averagePooling1d',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Average pooling 1D',
    shortName: 'averagePool',
    summary: 'Averages each feature over each window and so makes the sequence shorter. Padding does not count.',
    formula: 'y[t, c] = mean of x[s·t + m − p, c] over what of the window lies on the sequence',
    keywords: ['avgpool', 'mean', 'downsample', 'subsample', 'temporal'],
  },
  parameters: sequencePoolParameters,
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ parameters, inputs }) => sequencePoolType('Average pooling 1D', inputs.input, parameters),
  lower: ({ builder, parameters, inputs }) => ({
    output: poolSequence(builder, 'averagePool', inputs.input, parameters),
  }),
  exportOnnx: (context) => ({ output: onnxSequencePool(context, 'AveragePool', { count_include_pad: 0 }) }),
  vectors: [
    {
      name: 'windows of 2 leave the last position out',
      parameters: {},
      inputs: {
        input: { dims: [2, 5, 2], data: [-2, 1, -1, 4, 4, 0, -1, 2, 0, 3, -1, -1, 3, 0, -1, 1, 4, -1, 2, -4] },
      },
      output: { dims: [2, 2, 2], data: [-1.5, 2.5, 1.5, 1, 1, -0.5, 1.5, 0] },
    },
    {
      name: 'windows of 3 with same padding leave the padding out of the count',
      parameters: { kernel: 3, padding: 'same' },
      inputs: {
        input: { dims: [2, 5, 2], data: [-2, 1, -1, 4, 4, 0, -1, 2, 0, 3, -1, -1, 3, 0, -1, 1, 4, -1, 2, -4] },
      },
      output: { dims: [2, 3, 2], data: [-1.5, 2.5, 0.66666667, 2, -0.5, 2.5, 1, -0.5, 2, 0, 3, -2.5] },
    },
    {
      name: 'causal windows of 2 at stride 1',
      parameters: { kernel: 2, stride: 1, padding: 'causal' },
      inputs: {
        input: { dims: [2, 5, 2], data: [-2, 1, -1, 4, 4, 0, -1, 2, 0, 3, -1, -1, 3, 0, -1, 1, 4, -1, 2, -4] },
      },
      output: {
        dims: [2, 5, 2],
        data: [-2, 1, -1.5, 2.5, 1.5, 2, 1.5, 1, -0.5, 2.5, -1, -1, 1, -0.5, 1, 0.5, 1.5, 0, 3, -2.5],
      },
    },
  ],
});
