import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const relu6 = defineOp({
  type: 'relu6',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'ReLU6',
    summary: 'A ReLU that stops at 6, which keeps low-precision arithmetic accurate.',
    formula: 'y = min(max(0, x), 6)',
    source: 'Howard et al. 2017, arXiv 1704.04861',
    keywords: ['mobile', 'clip'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  rectifies: true,
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower: ({ builder, inputs }) => ({ output: builder.minimum(builder.relu(inputs.input), builder.scalar(6)) }),
  exportOnnx(context) {
    const [low, high] = [context.float('low', [0], []), context.float('high', [6], [])];
    return { output: context.node('Clip', [context.inputs.input, low, high]) };
  },
  vectors: [
    {
      name: 'all three pieces',
      parameters: {},
      inputs: { input: { dims: [1, 6], data: [-2, -0.5, 0, 1, 3, 7] } },
      output: { dims: [1, 6], data: [0, 0, 0, 1, 3, 6] },
    },
  ],
});
