import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { image } from '../../core/shape.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';
import { sidesOf } from './imageSides.ts';

const onnxModes = { constant: 'constant', reflect: 'reflect', replicate: 'edge' } as const;

/** Which position of the original each position of the padded axis shows. */
function shownPositions(size: number, before: number, after: number, mode: 'reflect' | 'replicate'): readonly number[] {
  return Array.from({ length: before + size + after }, (_, i) => {
    const position = i - before;
    const last = size - 1;
    if (mode === 'replicate') return Math.min(Math.max(position, 0), last);
    return position < 0 ? -position : position > last ? 2 * last - position : position;
  });
}

/** Pads one axis with what lies inside. */
function padInside(
  builder: Builder,
  x: Value,
  axis: number,
  before: number,
  after: number,
  mode: 'reflect' | 'replicate',
): Value {
  if (before + after === 0) return x;
  const positions = shownPositions(x.dims[axis] ?? 1, before, after, mode);
  return builder.gather(x, builder.constant(positions, [positions.length], 'int32'), axis);
}

export const pad2d = defineOp({
  type: 'pad2d',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Pad',
    shortName: 'pad',
    summary:
      'Puts a frame around the image: of one value, of what lies inside mirrored at the border, or of the border pixels repeated.',
    formula: 'size = top + height + bottom by left + width + right',
    source: "PyTorch's pad; mirrored borders as in Ronneberger et al. 2015, arXiv 1505.04597",
    keywords: ['padding', 'zero', 'reflect', 'mirror', 'replicate', 'edge', 'border', 'frame'],
  },
  parameters: z.strictObject({
    ...sidesOf('added'),
    mode: z
      .enum(['constant', 'reflect', 'replicate'])
      .default('constant')
      .describe('"constant" adds one value, "reflect" mirrors without the border pixel, "replicate" repeats it.'),
    value: z.number().min(-1e6).max(1e6).default(0).describe('What "constant" adds.').meta({ advanced: true }),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { top, bottom, left, right, mode }, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Pad');
    if (!sizes.ok) return sizes;
    const { height, width, channels } = sizes.value;
    const tooMany = (size: number | null, before: number, after: number) =>
      mode === 'reflect' && size !== null && Math.max(before, after) >= size;
    if (tooMany(height, top, bottom) || tooMany(width, left, right)) {
      return fail({
        code: 'shape/pad-reflect',
        parameter: 'mode',
        message: `An image of ${height ?? '?'}×${width ?? '?'} can be mirrored by fewer pixels than it has; use "replicate" or less padding.`,
        expected: `less than ${height ?? '?'} above and below, less than ${width ?? '?'} on the sides`,
        received: `${top}, ${bottom}, ${left}, ${right}`,
      });
    }
    const grown = (size: number | null, more: number): number | null => (size === null ? null : size + more);
    return ok({ output: image(grown(height, top + bottom), grown(width, left + right), channels) });
  },
  lower({ builder, parameters: { top, bottom, left, right, mode, value }, inputs: { input } }) {
    if (mode === 'constant') {
      return { output: builder.pad(input, [0, 0, top, bottom, left, right, 0, 0], value) };
    }
    const tall = padInside(builder, input, 1, top, bottom, mode);
    return { output: padInside(builder, tall, 2, left, right, mode) };
  },
  exportOnnx(context) {
    const { top, bottom, left, right, mode, value } = context.parameters;
    const inputs = [context.inputs.input, context.int64('pads', [0, 0, top, left, 0, 0, bottom, right])];
    if (mode === 'constant') inputs.push(context.float('value', [value], []));
    return { output: context.node('Pad', inputs, { mode: onnxModes[mode] }) };
  },
  vectors: [
    {
      name: 'ones, two rows above and a column on the right',
      parameters: { top: 2, right: 1, value: 1 },
      inputs: { input: { dims: [1, 2, 3, 2], data: [3, -1, -2, -4, -1, 2, -1, 2, 1, 1, 0, 0] } },
      output: {
        dims: [1, 4, 4, 2],
        data: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, -1, -2, -4, -1, 2, 1, 1, -1, 2, 1, 1, 0, 0, 1, 1],
      },
    },
    {
      name: 'mirrored without the border pixel, as PyTorch',
      parameters: { top: 1, bottom: 1, left: 2, right: 1, mode: 'reflect' },
      inputs: { input: { dims: [1, 2, 3, 2], data: [3, -1, -2, -4, -1, 2, -1, 2, 1, 1, 0, 0] } },
      output: {
        dims: [1, 4, 6, 2],
        data: [
          0, 0, 1, 1, -1, 2, 1, 1, 0, 0, 1, 1, -1, 2, -2, -4, 3, -1, -2, -4, -1, 2, -2, -4, 0, 0, 1, 1, -1, 2, 1, 1, 0,
          0, 1, 1, -1, 2, -2, -4, 3, -1, -2, -4, -1, 2, -2, -4,
        ],
      },
    },
    {
      name: 'border pixels repeated beyond the size, as PyTorch',
      parameters: { top: 3, left: 1, right: 4, mode: 'replicate' },
      inputs: { input: { dims: [1, 2, 3, 2], data: [3, -1, -2, -4, -1, 2, -1, 2, 1, 1, 0, 0] } },
      output: {
        dims: [1, 5, 8, 2],
        data: [
          3, -1, 3, -1, -2, -4, -1, 2, -1, 2, -1, 2, -1, 2, -1, 2, 3, -1, 3, -1, -2, -4, -1, 2, -1, 2, -1, 2, -1, 2, -1,
          2, 3, -1, 3, -1, -2, -4, -1, 2, -1, 2, -1, 2, -1, 2, -1, 2, 3, -1, 3, -1, -2, -4, -1, 2, -1, 2, -1, 2, -1, 2,
          -1, 2, -1, 2, -1, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ],
      },
    },
  ],
});
