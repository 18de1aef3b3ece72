import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';

export const hardSwish = defineOp({
  type: 'hardSwish',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'Hard swish',
    summary: 'A swish made of straight lines and one parabola: cheap on phones.',
    formula: 'y = x · clip(x + 3, 0, 6) / 6',
    source: 'Howard et al. 2019, arXiv 1905.02244',
    keywords: ['mobile', 'swish'],
  },
  parameters: z.strictObject({}),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower({ builder, inputs: { input } }) {
    const shifted = builder.relu(builder.add(input, builder.scalar(3)));
    const gate = builder.multiply(builder.minimum(shifted, builder.scalar(6)), builder.scalar(1 / 6));
    return { output: builder.multiply(input, gate) };
  },
  exportOnnx(context) {
    // HardSwish is an operator only from opset 14; HardSigmoid is in every opset.
    const attributes = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } };
    const gate = context.node('HardSigmoid', [context.inputs.input], attributes, `${context.path}/gate`);
    return { output: context.node('Mul', [context.inputs.input, gate]) };
  },
  vectors: [
    {
      name: 'all three pieces',
      parameters: {},
      inputs: { input: { dims: [1, 6], data: [-2, -0.5, 0, 1, 3, -4] } },
      output: { dims: [1, 6], data: [-0.33333333, -0.20833333, 0.0, 0.66666667, 3.0, 0] },
    },
  ],
});
