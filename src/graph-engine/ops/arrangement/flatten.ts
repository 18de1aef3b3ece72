import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, features, isImage } from '../../core/shape.ts';

export const flatten = defineOp({
  type: 'flatten',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Flatten',
    summary: 'Lays all values of an example in one row: channel by channel, each row by row, as PyTorch and ONNX do.',
    keywords: ['vector', 'reshape'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: features(elementCount(inputs.input)) }),
  lower({ builder, inputs, types }) {
    const size = elementCount(types.input);
    if (size === null) throw new Error('Flatten needs a known size');
    // Images are stored channels last; the order of the row is channels first, so that weights behind it are the same everywhere.
    const ordered = isImage(types.input) ? builder.transpose(inputs.input, [0, 3, 1, 2]) : inputs.input;
    return { output: builder.reshape(ordered, [-1, size]) };
  },
  exportOnnx: (context) => ({ output: context.node('Flatten', [context.inputs.input], { axis: 1 }) }),
  vectors: [
    {
      name: 'channel by channel',
      parameters: {},
      inputs: { input: { dims: [1, 2, 2, 2], data: [1, 10, 2, 20, 3, 30, 4, 40] } },
      output: { dims: [1, 8], data: [1, 2, 3, 4, 10, 20, 30, 40] },
    },
  ],
});
