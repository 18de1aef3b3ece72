import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { axisIndex, axisName, missingAxis, onnxAxis } from './axes.ts';

/** The first position and the number of positions that are kept; `undefined` where they are not there. */
function windowOf(size: number, start: number, count: number): readonly [from: number, count: number] | undefined {
  const from = start < 0 ? size + start : start;
  const kept = count > 0 ? count : size - from;
  return from >= 0 && kept > 0 && from + kept <= size ? [from, kept] : undefined;
}

export const slice = defineOp({
  type: 'slice',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Slice',
    summary: 'Keeps a part of one axis, such as the last ten positions of a sequence or three of the channels.',
    keywords: ['crop', 'cut', 'window', 'narrow', 'part'],
  },
  parameters: z.strictObject({
    axis: axisName.default('sequence').describe('The axis of which a part is kept.'),
    start: z
      .int()
      .min(-10_000_000)
      .max(10_000_000)
      .default(0)
      .describe('The first that is kept, counted from 0; below 0 counts from the end.'),
    count: z.int().min(0).max(10_000_000).default(0).describe('How many are kept; 0 for all to the end.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  accepts: { input: ['numbers', 'tokens'] },
  infer({ parameters: { axis, start, count }, inputs: { input } }) {
    const index = axisIndex(input, axis);
    if (index === undefined) return fail(missingAxis(input, axis, 'Slice', 'axis'));
    const size = input.axes[index - 1]?.size ?? null;
    const kept = size === null ? [0, count > 0 ? count : null] : windowOf(size, start, count);
    if (kept === undefined) {
      return fail({
        code: 'shape/slice',
        port: 'input',
        parameter: 'start',
        message: `There are ${size} ${axis}, of which ${count > 0 ? `${count} from ${start}` : `those from ${start}`} are not there.`,
        expected: `from ${-(size ?? 0)} to ${(size ?? 1) - 1}`,
        received: String(start),
      });
    }
    const axes = input.axes.map((old, i) => (i === index - 1 ? { ...old, size: kept[1] ?? null } : old));
    return ok({ output: { ...input, axes } });
  },
  lower({ builder, parameters: { axis, start, count }, inputs: { input }, types }) {
    const index = axisIndex(types.input, axis) ?? 1;
    const [from, kept] = windowOf(input.dims[index] ?? 1, start, count) ?? [0, 1];
    const begin = input.dims.map((_, i) => (i === index ? from : 0));
    return {
      output: builder.slice(
        input,
        begin,
        input.dims.map((dim, i) => (i === index ? kept : dim)),
      ),
    };
  },
  exportOnnx(context) {
    const { input } = context.types;
    const { axis, start, count } = context.parameters;
    const size = input.axes[(axisIndex(input, axis) ?? 1) - 1]?.size ?? 1;
    const [from, kept] = windowOf(size, start, count) ?? [0, 1];
    const ends = [context.int64('from', [from]), context.int64('to', [from + kept])];
    const axes = context.int64('axes', [onnxAxis(input, axis)]);
    return { output: context.node('Slice', [context.inputs.input, ...ends, axes]) };
  },
  vectors: [
    {
      name: 'the last two positions',
      parameters: { start: -2 },
      inputs: { input: { dims: [1, 3, 2], data: [1, 2, 3, 4, 5, 6] } },
      output: { dims: [1, 2, 2], data: [3, 4, 5, 6] },
    },
    {
      name: 'the middle channel of an image',
      parameters: { axis: 'channels', start: 1, count: 1 },
      inputs: { input: { dims: [1, 1, 2, 3], data: [1, 2, 3, 4, 5, 6] } },
      output: { dims: [1, 1, 2, 1], data: [2, 5] },
    },
  ],
});
