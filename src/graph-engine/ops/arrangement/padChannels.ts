import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { image, sizeOf, type TensorType } from '../../core/shape.ts';

/** Zero channels before and after, half each, the odd one after. */
function sides(type: TensorType, channels: number): readonly [number, number] {
  const missing = channels - (sizeOf(type, 'channels') ?? channels);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}

export const padChannels = defineOp({
  type: 'padChannels',
  version: 1,
  family: 'arrangement',
  documentation: {
    title: 'Zero-pad channels',
    summary:
      'Adds channels of zeros, half before and half after, up to a number: the parameter-free shortcut (option A) of residual networks.',
    source: 'He et al. 2015, arXiv 1512.03385, section 4.2',
    keywords: ['option a', 'shortcut', 'zero', 'pad'],
  },
  parameters: z.strictObject({
    channels: z.int().min(1).max(65_536).default(32).describe('Channels to have afterwards.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters: { channels }, inputs }) {
    const sizes = expectImage(inputs.input, 'input', 'Zero-pad channels');
    if (!sizes.ok) return sizes;
    const { height, width, channels: present } = sizes.value;
    if (present !== null && present > channels) {
      return fail({
        code: 'shape/pad-channels',
        parameter: 'channels',
        message: `${present} channels come in, which is already more than ${channels}.`,
        expected: `at least ${present}`,
        received: String(channels),
      });
    }
    return ok({ output: image(height, width, channels) });
  },
  lower({ builder, parameters, inputs, types }) {
    const [before, after] = sides(types.input, parameters.channels);
    return {
      output: before + after === 0 ? inputs.input : builder.pad(inputs.input, [0, 0, 0, 0, 0, 0, before, after]),
    };
  },
  exportOnnx(context) {
    const [before, after] = sides(context.types.input, context.parameters.channels);
    const pads = context.int64('pads', [0, before, 0, 0, 0, after, 0, 0]);
    return { output: context.node('Pad', [context.inputs.input, pads], { mode: 'constant' }) };
  },
  vectors: [
    {
      name: 'one channel to four',
      parameters: { channels: 4 },
      inputs: { input: { dims: [1, 1, 2, 1], data: [5, 6] } },
      output: { dims: [1, 1, 2, 4], data: [0, 5, 0, 0, 0, 6, 0, 0] },
    },
  ],
});
