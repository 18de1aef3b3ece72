import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { elementCount, features, formatShape, image, isImage, sequence, type TensorType } from '../../core/shape.ts';
import { toStorage } from './storageOrder.ts';

const size = z.int().min(0).max(10_000_000);

const parameters = z.strictObject({
  to: z.enum(['features', 'sequence', 'image']).default('features').describe('What the values become.'),
  length: size.default(0).describe('Sequence: positions; 0 for what is left.'),
  features: size.default(0).describe('Features, or features of each position; 0 for what is left.'),
  height: size.default(0).describe('Image: rows; 0 for what is left.'),
  width: size.default(0).describe('Image: columns; 0 for what is left.'),
  channels: size.default(1).describe('Image: channels; 0 for what is left.'),
});
type Parameters = z.output<typeof parameters>;

/** The sizes that are asked for, in the order of ONNX and PyTorch; 0 stands for what is left. */
function wantedSizes({ to, length, features: columns, height, width, channels }: Parameters): readonly number[] {
  switch (to) {
    case 'features':
      return [columns];
    case 'sequence':
      return [length, columns];
    case 'image':
      return [channels, height, width];
  }
}

/** The type that `count` values become: `null` sizes where the count is unknown, `undefined` where they do not fit. */
function target(given: Parameters, count: number | null): TensorType | undefined {
  const wanted = wantedSizes(given);
  const known = wanted.reduce((product, size) => product * Math.max(1, size), 1);
  const open = wanted.filter((size) => size === 0).length;
  if (open > 1 || (count !== null && (open === 0 ? known !== count : count % known !== 0))) return undefined;
  const sizes = wanted.map((size) => (size > 0 ? size : count === null ? null : count / known));
  const [a = null, b = null, c = null] = sizes;
  switch (given.to) {
    case 'features':
      return features(a);
    case 'sequence':
      return sequence(a, b);
    case 'image':
      return image(b, c, a);
  }
}

export const reshape = defineOp({
  type: 'reshape',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Reshape',
    summary:
      'Lays the values of an example out anew, in the same order: features, a sequence or an image. Images count channel by channel, each row by row, as PyTorch and ONNX do.',
    keywords: ['view', 'unflatten', 'fold', 'shape'],
  },
  parameters,
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: given, inputs: { input } }) {
    const output = target(given, elementCount(input));
    if (output !== undefined) return ok({ output });
    const sizes = wantedSizes(given);
    const open = sizes.filter((size) => size === 0).length > 1;
    return fail({
      code: 'shape/reshape',
      port: 'input',
      ...(open ? { parameter: given.to === 'image' ? 'height' : 'length' } : {}),
      message: open
        ? 'Only one size can be left open with 0: give the others.'
        : `${formatShape(input)} has ${elementCount(input)} values, which cannot be laid out as ${sizes.map((size) => size || '?').join('×')}.`,
      expected: open ? 'one size of 0' : `${elementCount(input)} values`,
      received: sizes.join('×'),
    });
  },
  receptiveField: () => 'everything',
  lower({ builder, parameters: given, inputs, types }) {
    const output = target(given, elementCount(types.input));
    if (output === undefined) throw new Error('Reshape was inferred');
    const ordered = isImage(types.input) ? builder.transpose(inputs.input, [0, 3, 1, 2]) : inputs.input;
    return { output: toStorage(builder, ordered, output) };
  },
  exportOnnx(context) {
    const sizes = wantedSizes(context.parameters).map((size) => size || -1);
    return { output: context.node('Reshape', [context.inputs.input, context.int64('shape', [0, ...sizes])]) };
  },
  vectors: [
    {
      name: 'features to a sequence',
      parameters: { to: 'sequence', features: 2 },
      inputs: { input: { dims: [1, 6], data: [1, 2, 3, 4, 5, 6] } },
      output: { dims: [1, 3, 2], data: [1, 2, 3, 4, 5, 6] },
    },
    {
      name: 'an image to an image of more channels, channel by channel',
      parameters: { to: 'image', channels: 2, height: 1, width: 2 },
      inputs: { input: { dims: [1, 2, 2, 1], data: [1, 2, 3, 4] } },
      output: { dims: [1, 1, 2, 2], data: [1, 3, 2, 4] },
    },
  ],
});
