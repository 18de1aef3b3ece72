import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp, type AxisReach } from '../../core/opDefinition.ts';
import { isImage, type AxisName, type TensorType } from '../../core/shape.ts';
import { axisIndex, axisName, missingAxis, onnxAxis } from './axes.ts';

/** The order of axes with two exchanged. */
function exchanged(rank: number, a: number, b: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
}

/** Sizes exchanged; the names stay where they are, so that what was a position is a feature now. */
function exchangedType(type: TensorType, a: number, b: number): TensorType {
  const order = exchanged(type.axes.length, a - 1, b - 1);
  return { ...type, axes: type.axes.map((axis, i) => ({ ...axis, size: type.axes[order[i] ?? i]?.size ?? null })) };
}

export const permute = defineOp({
  type: 'permute',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Swap axes',
    shortName: 'swap',
    summary:
      'Exchanges two axes: with sequence and features, what was a position becomes a feature, as the token mixing of an MLP-Mixer needs.',
    source: 'Tolstikhin et al. 2021, arXiv 2105.01601',
    keywords: ['transpose', 'permute', 'mixer', 'rotate'],
  },
  parameters: z.strictObject({
    first: axisName.default('sequence').describe('One of the axes.'),
    second: axisName.default('features').describe('The axis it changes places with.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { first, second }, inputs: { input } }) {
    const find = (name: AxisName): number | undefined => axisIndex(input, name);
    const [a, b] = [find(first), find(second)];
    if (a === undefined) return fail(missingAxis(input, first, 'Swap axes', 'first'));
    if (b === undefined) return fail(missingAxis(input, second, 'Swap axes', 'second'));
    return ok({ output: exchangedType(input, a, b) });
  },
  receptiveField({ parameters: { first, second }, input }) {
    const reach = (name: AxisName): AxisReach => ({
      extent: name === first || name === second ? Infinity : 1,
      stride: 1,
    });
    return isImage(input) ? [reach('height'), reach('width')] : 'everything';
  },
  lower({ builder, parameters: { first, second }, inputs, types }) {
    const [a = 0, b = 0] = [axisIndex(types.input, first), axisIndex(types.input, second)];
    return { output: builder.transpose(inputs.input, exchanged(inputs.input.dims.length, a, b)) };
  },
  exportOnnx(context) {
    const { first, second } = context.parameters;
    const { input } = context.types;
    const perm = exchanged(input.axes.length + 1, onnxAxis(input, first), onnxAxis(input, second));
    return { output: context.node('Transpose', [context.inputs.input], { perm }) };
  },
  vectors: [
    {
      name: 'positions become features',
      parameters: {},
      inputs: { input: { dims: [1, 3, 2], data: [1, 2, 3, 4, 5, 6] } },
      output: { dims: [1, 2, 3], data: [1, 3, 5, 2, 4, 6] },
    },
    {
      name: 'height and width of an image',
      parameters: { first: 'height', second: 'width' },
      inputs: { input: { dims: [1, 1, 2, 2], data: [1, 10, 2, 20] } },
      output: { dims: [1, 2, 1, 2], data: [1, 10, 2, 20] },
    },
    {
      name: 'channels and height of an image',
      parameters: { first: 'channels', second: 'height' },
      inputs: { input: { dims: [1, 1, 2, 3], data: [1, 2, 3, 4, 5, 6] } },
      output: { dims: [1, 3, 2, 1], data: [1, 4, 2, 5, 3, 6] },
    },
  ],
});
