import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectSequence } from '../../core/expectSequence.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { features } from '../../core/shape.ts';

export const selectPosition = defineOp({
  type: 'selectPosition',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Select position',
    shortName: 'select',
    summary: 'Takes the features of one position out of a sequence: the class token, or the last word.',
    keywords: ['cls', 'pool', 'first', 'last', 'index', 'squeeze', 'slice'],
  },
  parameters: z.strictObject({
    position: z
      .int()
      .min(-10_000_000)
      .max(10_000_000)
      .default(0)
      .describe('Which one, counted from 0; −1 is the last.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { position }, inputs: { input } }) {
    const sizes = expectSequence(input, 'input', 'Select position');
    if (!sizes.ok) return sizes;
    const { length, features: size } = sizes.value;
    if (length !== null && (position >= length || position < -length)) {
      return fail({
        code: 'shape/slice',
        port: 'input',
        parameter: 'position',
        message: `The sequence has ${length} positions, so there is no position ${position}.`,
        expected: `${-length} to ${length - 1}`,
        received: String(position),
      });
    }
    return ok({ output: features(size) });
  },
  receptiveField: () => [
    { extent: 1, stride: 1 },
    { extent: 1, stride: 1 },
  ],
  lower({ builder, parameters: { position }, inputs: { input } }) {
    const [, length = 1, size = 1] = input.dims;
    const from = position < 0 ? length + position : position;
    return { output: builder.reshape(builder.slice(input, [0, from, 0], [-1, 1, size]), [-1, size]) };
  },
  exportOnnx(context) {
    const row = context.int64('position', [context.parameters.position]);
    const picked = context.node('Gather', [context.inputs.input, row], { axis: 1 }, `${context.path}/row`);
    return { output: context.node('Squeeze', [picked, context.int64('axes', [1])]) };
  },
  vectors: [
    {
      name: 'the first',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2], data: [1, 2, 3, 4] } },
      output: { dims: [1, 2], data: [1, 2] },
    },
    {
      name: 'the last',
      parameters: { position: -1 },
      inputs: { input: { dims: [1, 2, 2], data: [1, 2, 3, 4] } },
      output: { dims: [1, 2], data: [3, 4] },
    },
  ],
});
