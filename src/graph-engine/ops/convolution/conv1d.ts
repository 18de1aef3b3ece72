import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, lastAxis, sequence } from '../../core/shape.ts';
import { slideSequence } from '../../core/sequenceWindow.ts';
import { bias, filters, groups, groupsProblem, kernelAndBias, sequenceWindow } from './convolutionParameters.ts';
import { withBias } from './convolveImage.ts';
import { convolveSequence, onnxSequenceConvolution } from './convolveSequence.ts';

export const conv1d = defineOp({
  type: 'conv1d',
  version: 1,
  family: 'convolution',
  documentation: {
    title: 'Conv1D',
    shortName: 'conv',
    summary:
      'Slides learned kernels along a sequence: each filter looks at a few neighbouring positions. Causal padding sees only what came before.',
    formula: 'y[t, f] = b[f] + Σ x[s·t + d·m − p, c] · k[m, c, f]',
    source:
      'Waibel et al. 1989, Phoneme recognition using time-delay neural networks; van den Oord et al. 2016, arXiv 1609.03499',
    keywords: ['convolution', 'temporal', 'signal', 'audio', 'causal', 'tcn', 'wavenet', 'time'],
  },
  parameters: z.strictObject({ filters, ...sequenceWindow, groups, bias }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectSequence(inputs.input, 'input', 'Conv1D');
    if (!sizes.ok) return sizes;
    const problem = groupsProblem(parameters.groups, sizes.value.features, parameters.filters);
    if (problem !== undefined) return problem;
    const length = slideSequence(sizes.value.length, parameters, 'input');
    return length.ok ? ok({ output: sequence(length.value, parameters.filters) }) : length;
  },
  weights({ parameters: { kernel, filters, groups, bias }, inputs }) {
    const size = lastAxis(inputs.input)?.size;
    if (size === null || size === undefined) return null;
    return kernelAndBias([kernel, size / groups, filters], (kernel * size) / groups, bias && filters);
  },
  macs({ parameters: { kernel, groups }, inputs, outputs }) {
    const [size, elements] = [lastAxis(inputs.input)?.size, elementCount(outputs.output)];
    return size === null || size === undefined || elements === null ? null : (elements * kernel * size) / groups;
  },
  lower({ builder, parameters, inputs, weights }) {
    const y = convolveSequence(builder, inputs.input, weights.kernel, parameters, parameters.groups);
    return { output: withBias(builder, y, weights.bias) };
  },
  exportOnnx: (context) => ({ output: onnxSequenceConvolution(context, context.parameters.groups) }),
  vectors: [
    {
      name: 'same padding at stride 2, as PyTorch',
      parameters: { filters: 3, stride: 2 },
      inputs: { input: { dims: [2, 5, 2], data: [-1, 3, 0, 4, 3, -1, -2, -4, 1, 3, 4, -3, 3, -3, 0, -3, 3, 4, 2, 4] } },
      weights: { kernel: [2, -4, 0, -2, -3, -4, 4, 2, 1, 2, -1, 0, 3, -3, 4, -3, -2, -3], bias: [-3, 3, -1] },
      output: { dims: [2, 3, 3], data: [-13, -10, -14, 5, 12, -10, 11, 22, 16, 25, 11, 24, 0, -14, 11, 11, -21, -15] },
    },
    {
      name: 'causal padding with dilation 2 sees only what came before',
      parameters: { filters: 2, kernel: 2, dilation: 2, padding: 'causal', bias: false },
      inputs: { input: { dims: [1, 6, 1], data: [-2, -3, -2, 2, -1, 0] } },
      weights: { kernel: [-1, -1, -2, 3] },
      output: { dims: [1, 6, 2], data: [4, -6, 6, -9, 6, -4, -1, 9, 4, -1, -2, -2] },
    },
    {
      name: 'two groups, an even kernel, same padding: the odd position goes after',
      parameters: { filters: 4, kernel: 4, groups: 2, bias: false },
      inputs: {
        input: {
          dims: [1, 6, 4],
          data: [-3, 0, -2, -4, 0, -4, 4, 4, -4, -2, 0, -3, 3, -3, 4, 1, 0, -2, 0, 1, 0, 2, -4, -1],
        },
      },
      weights: {
        kernel: [
          0, -2, 4, 2, 1, -3, 2, 2, -3, 1, -3, 0, 2, -3, 3, -3, 3, -4, 3, -1, 3, 2, 2, 0, 4, 3, -2, 3, -2, 0, 1, 1,
        ],
      },
      output: {
        dims: [1, 6, 4],
        data: [-15, -23, 11, 5, -8, 39, -29, -11, 8, -4, 30, 22, -27, 22, -6, -22, -1, 13, 7, 11, 2, 0, 11, 5],
      },
    },
    {
      name: 'two positions of padding on each side',
      parameters: { filters: 1, padding: 2, bias: false },
      inputs: { input: { dims: [1, 4, 2], data: [-4, 0, 2, -2, 3, 3, -3, -3] } },
      weights: { kernel: [-3, 3, -1, -3, -1, 1] },
      output: { dims: [1, 6, 1], data: [4, 0, 16, -24, 12, 0] },
    },
  ],
});
