import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { spatialAxes } from '../../core/expectSpatial.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { isImage, isSequence, lastAxis, type TensorType } from '../../core/shape.ts';
import { elementwiseType } from './elementwise.ts';

/** Whether `b` is one factor for each channel of the image or sequence `a`, as squeeze-and-excitation makes them. */
function isChannelGate(a: TensorType, b: TensorType): boolean {
  const [channels, factors] = [lastAxis(a)?.size, lastAxis(b)?.size];
  const agree = channels === null || factors === null || channels === factors;
  return (isImage(a) || isSequence(a)) && b.axes.length === 1 && b.axes[0]?.name === 'features' && agree;
}

export const multiply = defineOp({
  type: 'multiply',
  version: 1,
  family: 'merge',
  documentation: {
    title: 'Multiply',
    summary:
      'Multiplies two values of equal shape, element by element; or an image or sequence by one factor a channel, as the gate of squeeze-and-excitation.',
    formula: 'y = a · b',
    source: 'Hu et al. 2017, arXiv 1709.01507',
    keywords: ['gate', 'product', 'highway', 'squeeze', 'excitation'],
  },
  parameters: z.strictObject({}),
  inputs: ['a', 'b'],
  outputs: ['output'],
  infer: ({ inputs: { a, b } }) => (isChannelGate(a, b) ? ok({ output: a }) : elementwiseType('Multiply', a, b)),
  lower({ builder, inputs: { a, b }, types }) {
    const factor = isChannelGate(types.a, types.b)
      ? builder.reshape(b, [-1, ...spatialAxes(types.a).map(() => 1), b.dims.at(-1) ?? 1])
      : b;
    return { output: builder.multiply(a, factor) };
  },
  exportOnnx(context) {
    const { a, b } = context.inputs;
    if (!isChannelGate(context.types.a, context.types.b)) return { output: context.node('Mul', [a, b]) };
    const factor = context.node(
      'Reshape',
      [b, context.int64('shape', isImage(context.types.a) ? [0, -1, 1, 1] : [0, 1, -1])],
      {},
      `${context.path}/factor`,
    );
    return { output: context.node('Mul', [a, factor]) };
  },
  vectors: [
    {
      name: 'two vectors',
      parameters: {},
      inputs: { a: { dims: [1, 3], data: [1, 2, 3] }, b: { dims: [1, 3], data: [10, 20, 30] } },
      output: { dims: [1, 3], data: [10, 40, 90] },
    },
    {
      name: 'an image and a factor a channel',
      parameters: {},
      inputs: { a: { dims: [1, 1, 2, 2], data: [1, 2, 3, 4] }, b: { dims: [1, 2], data: [10, 0.5] } },
      output: { dims: [1, 1, 2, 2], data: [10, 1, 30, 2] },
    },
    {
      name: 'a sequence by one factor a feature',
      parameters: {},
      inputs: {
        a: { dims: [2, 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8] },
        b: { dims: [2, 2], data: [10, 0, -1, 2] },
      },
      output: { dims: [2, 2, 2], data: [10, 0, 30, 0, -5, 12, -7, 16] },
    },
  ],
});
