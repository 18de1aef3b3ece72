import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, lastAxis, sequence } from '../../core/shape.ts';
import { slideSequence } from '../../core/sequenceWindow.ts';
import { bias, kernelAndBias, multiplier, sequenceWindow } from './convolutionParameters.ts';
import { withBias } from './convolveImage.ts';
import { convolveSequence, onnxSequenceConvolution } from './convolveSequence.ts';

export const depthwiseConv1d = defineOp({
  type: 'depthwiseConv1d',
  version: 1,
  family: 'convolution',
  documentation: {
    title: 'Depthwise Conv1D',
    shortName: 'depthwise',
    summary:
      'Slides a kernel of its own along each feature of a sequence: positions mix, features do not. The convolution inside a Conformer.',
    formula: 'y[t, c·q + r] = b[c·q + r] + Σ x[s·t + d·m − p, c] · k[m, c·q + r], r < q',
    source: 'Gulati et al. 2020, Conformer, arXiv 2005.08100; Wu et al. 2019, arXiv 1901.10430',
    keywords: ['convolution', 'conformer', 'channelwise', 'causal', 'temporal'],
  },
  parameters: z.strictObject({ multiplier, ...sequenceWindow, bias }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs }) {
    const sizes = expectSequence(inputs.input, 'input', 'Depthwise Conv1D');
    if (!sizes.ok) return sizes;
    const { features } = sizes.value;
    const length = slideSequence(sizes.value.length, parameters, 'input');
    if (!length.ok) return length;
    return ok({ output: sequence(length.value, features === null ? null : features * parameters.multiplier) });
  },
  weights({ parameters: { kernel, multiplier, bias }, inputs }) {
    const size = lastAxis(inputs.input)?.size;
    if (size === null || size === undefined) return null;
    return kernelAndBias([kernel, 1, size * multiplier], kernel, bias && size * multiplier);
  },
  macs({ parameters: { kernel }, outputs }) {
    const elements = elementCount(outputs.output);
    return elements === null ? null : elements * kernel;
  },
  lower({ builder, parameters, inputs, types, weights }) {
    const y = convolveSequence(builder, inputs.input, weights.kernel, parameters, lastAxis(types.input)?.size ?? 1);
    return { output: withBias(builder, y, weights.bias) };
  },
  exportOnnx: (context) => ({ output: onnxSequenceConvolution(context, lastAxis(context.types.input)?.size ?? 1) }),
  vectors: [
    {
      name: 'same padding, as PyTorch',
      parameters: {},
      inputs: {
        input: {
          dims: [2, 5, 3],
          data: [-2, -2, -2, -3, -4, -1, 2, 3, 0, 2, 0, 4, -1, 2, -3, -1, 1, 0, 0, 0, -1, -2, 4, 0, 0, 1, -2, -4, 0, 1],
        },
      },
      weights: { kernel: [-4, 1, 3, 3, -2, -2, 3, 0, 1], bias: [-3, -4, -2] },
      output: {
        dims: [2, 5, 3],
        data: [
          -18, 0, 1, 2, 2, -6, 21, -14, -1, -8, -1, -13, -14, -8, 16, -6, -6, -3, -5, -3, 0, -9, -12, -7, -7, -2, 3,
          -15, -3, -10,
        ],
      },
    },
    {
      name: 'two features of each, stride 2, valid padding',
      parameters: { multiplier: 2, stride: 2, padding: 'valid', bias: false },
      inputs: { input: { dims: [1, 7, 2], data: [3, 1, -4, -3, 2, -1, -1, 3, 0, -4, 3, 0, -3, 2] } },
      weights: { kernel: [-3, 1, -3, -2, 0, 3, -1, -3, -4, 3, 4, 2] },
      output: { dims: [1, 3, 4], data: [-17, -3, -4, 5, -6, -1, -16, -15, 12, 0, 20, 12] },
    },
    {
      name: 'causal padding with dilation 3',
      parameters: { dilation: 3, padding: 'causal', bias: false },
      inputs: { input: { dims: [1, 7, 2], data: [-3, 4, -1, -4, -1, 4, -1, 1, 4, 2, -1, 1, 1, 4] } },
      weights: { kernel: [-3, -4, 2, -3, -1, -4] },
      output: { dims: [1, 7, 2], data: [3, -16, 1, 16, 1, -16, -5, -16, -6, 4, -1, -16, 6, -35] },
    },
  ],
});
