import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import type { TensorType } from '../../core/shape.ts';
import { axisIndex, axisName, missingAxis, onnxAxis } from './axes.ts';

/** The sizes of the two parts, `null` while the whole is unknown; `undefined` where it cannot be split so. */
function partsOf(size: number | null, at: number): readonly [number | null, number | null] | undefined {
  if (size === null) return [at > 0 ? at : null, null];
  const first = at > 0 ? at : size / 2;
  return Number.isInteger(first) && first < size ? [first, size - first] : undefined;
}

function withSize(type: TensorType, axis: number, size: number | null): TensorType {
  return { ...type, axes: type.axes.map((old, i) => (i === axis - 1 ? { ...old, size } : old)) };
}

export const split = defineOp({
  type: 'split',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Split',
    summary:
      'Cuts a value in two along an axis; each part has an output of its own. Concatenate joins features and channels again.',
    keywords: ['chunk', 'divide', 'halves', 'parts', 'unstack'],
  },
  parameters: z.strictObject({
    axis: axisName.default('features').describe('The axis to cut across.'),
    at: z.int().min(0).max(10_000_000).default(0).describe('Size of the first part; 0 for half.'),
  }),
  inputs: ['input'],
  outputs: ['first', 'second'],
  accepts: { input: ['numbers', 'tokens'] },
  infer({ parameters: { axis, at }, inputs: { input } }) {
    const index = axisIndex(input, axis);
    if (index === undefined) return fail(missingAxis(input, axis, 'Split', 'axis'));
    const size = input.axes[index - 1]?.size ?? null;
    const parts = partsOf(size, at);
    if (parts === undefined) {
      return fail({
        code: 'shape/split',
        port: 'input',
        parameter: 'at',
        message:
          at === 0
            ? `${size} ${axis} cannot be cut in half; say how many the first part has.`
            : `There are only ${size} ${axis}, so the first part cannot have ${at}.`,
        expected: at === 0 ? 'an even size' : `below ${size}`,
        received: at === 0 ? String(size) : String(at),
      });
    }
    return ok({ first: withSize(input, index, parts[0]), second: withSize(input, index, parts[1]) });
  },
  lower({ builder, parameters: { axis, at }, inputs, types }) {
    const index = axisIndex(types.input, axis) ?? 1;
    const size = inputs.input.dims[index] ?? 1;
    const before = at > 0 ? at : size / 2;
    const [first, second] = builder.split(inputs.input, index, [before, size - before]);
    if (first === undefined || second === undefined) throw new Error('A split has two parts');
    return { first, second };
  },
  exportOnnx(context) {
    const { input } = context.types;
    const { axis, at } = context.parameters;
    const size = input.axes[(axisIndex(input, axis) ?? 1) - 1]?.size ?? 1;
    const before = at > 0 ? at : size / 2;
    const sizes = context.int64('sizes', [before, size - before]);
    const names = [`${context.path}/first`, `${context.path}/second`];
    const [first = '', second = ''] = context.nodes(
      'Split',
      [context.inputs.input, sizes],
      { axis: onnxAxis(input, axis) },
      names,
    );
    return { first, second };
  },
  vectors: [
    {
      name: 'features in half',
      parameters: {},
      inputs: { input: { dims: [2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8] } },
      output: { dims: [2, 2], data: [1, 2, 5, 6] },
      furtherOutputs: { second: { dims: [2, 2], data: [3, 4, 7, 8] } },
    },
    {
      name: 'one channel off an image',
      parameters: { axis: 'channels', at: 1 },
      inputs: { input: { dims: [1, 1, 2, 3], data: [1, 2, 3, 4, 5, 6] } },
      output: { dims: [1, 1, 2, 1], data: [1, 4] },
      furtherOutputs: { second: { dims: [1, 1, 2, 2], data: [2, 3, 5, 6] } },
    },
  ],
});
