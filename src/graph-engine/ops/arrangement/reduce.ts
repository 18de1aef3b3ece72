import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp, type AxisReach } from '../../core/opDefinition.ts';
import { isImage, type AxisName } from '../../core/shape.ts';
import { axisIndex, axisName, missingAxis, onnxAxis } from './axes.ts';

export const reduce = defineOp({
  type: 'reduce',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Reduce',
    summary:
      'Takes the mean, the sum or the maximum over one axis, which is gone afterwards: the mean of all positions, say.',
    formula: 'y = mean(x), sum(x) or max(x) over the axis',
    keywords: ['mean', 'average', 'sum', 'maximum', 'pool', 'aggregate'],
  },
  parameters: z.strictObject({
    by: z.enum(['mean', 'sum', 'maximum']).default('mean').describe('What is taken of the values.'),
    axis: axisName.default('sequence').describe('The axis that goes.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { axis }, inputs: { input } }) {
    if (axisIndex(input, axis) === undefined) return fail(missingAxis(input, axis, 'Reduce', 'axis'));
    return ok({ output: { ...input, axes: input.axes.filter(({ name }) => name !== axis) } });
  },
  receptiveField({ parameters: { axis }, input }) {
    const reach = (name: AxisName): AxisReach => ({ extent: name === axis ? Infinity : 1, stride: 1 });
    return isImage(input) ? [reach('height'), reach('width')] : [reach('sequence'), reach('height')];
  },
  lower({ builder, parameters: { by, axis }, inputs: { input }, types }) {
    const axes = [axisIndex(types.input, axis) ?? 1];
    const reduced = { mean: builder.reduceMean, sum: builder.reduceSum, maximum: builder.reduceMax }[by];
    return { output: reduced(input, axes) };
  },
  exportOnnx(context) {
    const { input } = context.types;
    const { by, axis } = context.parameters;
    const index = onnxAxis(input, axis);
    const size = input.axes[(axisIndex(input, axis) ?? 1) - 1]?.size ?? 1;
    // The axes of ReduceMax and ReduceMean became an input only at opset 18, those of ReduceSum are one in every opset.
    if (by === 'maximum') {
      const last = input.axes.length;
      const perm = [...Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i !== index), index];
      const moved = context.node('Transpose', [context.inputs.input], { perm }, `${context.path}/moved`);
      const top = [moved, context.int64('one', [1])];
      const [best = ''] = context.nodes('TopK', top, { axis: -1 }, [`${context.path}/best`, `${context.path}/places`]);
      return { output: context.node('Squeeze', [best, context.int64('axes', [-1])]) };
    }
    const sum = [context.inputs.input, context.int64('axes', [index])];
    if (by === 'sum') return { output: context.node('ReduceSum', sum, { keepdims: 0 }) };
    const total = context.node('ReduceSum', sum, { keepdims: 0 }, `${context.path}/sum`);
    return { output: context.node('Mul', [total, context.float('share', [1 / size], [])]) };
  },
  vectors: [
    {
      name: 'the mean of all positions',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2], data: [1, 2, 3, 6] } },
      output: { dims: [1, 2], data: [2, 4] },
    },
    {
      name: 'the sum of all features',
      parameters: { by: 'sum', axis: 'features' },
      inputs: { input: { dims: [1, 2, 2], data: [1, 2, 3, 6] } },
      output: { dims: [1, 2], data: [3, 9] },
    },
    {
      name: 'the maximum of each column of an image',
      parameters: { by: 'maximum', axis: 'height' },
      inputs: { input: { dims: [1, 2, 2, 1], data: [1, 5, 3, 2] } },
      output: { dims: [1, 2, 1], data: [3, 5] },
    },
  ],
});
