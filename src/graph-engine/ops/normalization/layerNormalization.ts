import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import type { OnnxContext } from '../../core/onnxContext.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { isImage, lastAxis } from '../../core/shape.ts';
import { lastAxisMean } from './lastAxisMean.ts';
import { standardize } from './standardize.ts';
import { epsilon, scaleAndOffset } from './normParameters.ts';

/** The normalization along the last axis; it is an operator only from opset 17, its parts are in every opset. */
function exportNormalized(
  context: OnnxContext<{ readonly epsilon: number }, 'input', 'scale' | 'offset'>,
  x: string,
  result: string,
): string {
  const { epsilon } = context.parameters;
  if (context.opset >= 17) {
    const inputs = [x, context.weight('scale'), context.weight('offset')];
    return context.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } }, result);
  }
  const name = (part: string): string => `${context.path}/${part}`;
  const centred = context.node('Sub', [x, lastAxisMean(context, x, 'mean')], {}, name('centred'));
  const square = context.node('Mul', [centred, centred], {}, name('square'));
  const small = context.float('epsilon', [epsilon], []);
  const padded = context.node('Add', [lastAxisMean(context, square, 'variance'), small], {}, name('padded'));
  const deviation = context.node('Sqrt', [padded], {}, name('deviation'));
  const standard = context.node('Div', [centred, deviation], {}, name('standard'));
  const scaled = context.node('Mul', [standard, context.weight('scale')], {}, name('scaled'));
  return context.node('Add', [scaled, context.weight('offset')], {}, result);
}

export const layerNormalization = defineOp({
  type: 'layerNormalization',
  version: 1,
  family: 'normalization',
  documentation: {
    title: 'Layer normalization',
    shortName: 'ln',
    summary:
      'Brings the features of each position to mean 0 and variance 1, then scales and shifts them by learned numbers. Independent of the batch.',
    formula: 'y = γ · (x − mean) / √(variance + ε) + β, over the last axis',
    source: 'Ba et al. 2016, arXiv 1607.06450',
    keywords: ['ln', 'layernorm', 'transformer', 'convnext'],
  },
  parameters: z.strictObject({
    epsilon,
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  weights({ inputs }) {
    const size = lastAxis(inputs.input)?.size;
    if (size === null || size === undefined) return null;
    return scaleAndOffset(size);
  },
  lower({ builder, parameters, inputs: { input }, weights }) {
    if (weights.scale === undefined || weights.offset === undefined) {
      throw new Error('Layer normalization lacks weights');
    }
    const y = standardize(builder, input, [input.dims.length - 1], parameters.epsilon);
    const scaled = builder.multiply(y, builder.readVariable(weights.scale));
    return { output: builder.add(scaled, builder.readVariable(weights.offset)) };
  },
  exportOnnx(context) {
    const name = (part: string): string => `${context.path}/${part}`;
    const wide = isImage(context.types.input);
    // An image is channels first there, so channels are brought to the end and back.
    const x = wide
      ? context.node('Transpose', [context.inputs.input], { perm: [0, 2, 3, 1] }, name('channelsLast'))
      : context.inputs.input;
    const normalized = exportNormalized(context, x, wide ? name('normalized') : context.path);
    return { output: wide ? context.node('Transpose', [normalized], { perm: [0, 3, 1, 2] }) : normalized };
  },
  vectors: [
    {
      name: 'two features of two examples',
      parameters: { epsilon: 1e-9 },
      inputs: { input: { dims: [2, 2], data: [1, 3, -2, 6] } },
      weights: { scale: [1, 2], offset: [0, 1] },
      output: { dims: [2, 2], data: [-1, 3, -1, 3] },
    },
    {
      name: 'channels of each pixel',
      parameters: { epsilon: 1e-9 },
      inputs: { input: { dims: [1, 1, 2, 2], data: [1, 3, -2, 6] } },
      weights: { scale: [1, 2], offset: [0, 1] },
      output: { dims: [1, 1, 2, 2], data: [-1, 3, -1, 3] },
    },
  ],
});
